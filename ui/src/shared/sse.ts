/** A server-sent-event client on fetch: it sees every byte, so silence is known, and it resumes by seq. */

export interface SseEvent {
  event: string;
  id: string | null;
  data: string;
}

/** Splits a growing text into complete events; what is left over comes back as `rest`. */
export function parseSse(buffer: string): { events: SseEvent[]; rest: string } {
  const events: SseEvent[] = [];
  const blocks = buffer.replace(/\r\n?/g, "\n").split("\n\n");
  const rest = blocks.pop() ?? "";
  for (const block of blocks) {
    let event = "message";
    let id: string | null = null;
    const data: string[] = [];
    for (const line of block.split("\n")) {
      const colon = line.indexOf(":");
      if (colon <= 0) continue;
      const name = line.slice(0, colon);
      const value = line.slice(colon + 1).replace(/^ /, "");
      if (name === "event") event = value;
      else if (name === "id") id = value;
      else if (name === "data") data.push(value);
    }
    if (data.length > 0) events.push({ event, id, data: data.join("\n") });
  }
  return { events, rest };
}

export interface Stream {
  stop: () => void;
  reconnect: () => void;
}

const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 5000;
/** The server beats every 5 s; a connection silent for three beats is dead and is opened anew. */
const DEAD_MS = 15_000;

export interface StreamOptions {
  url: string;
  onEvents: (events: SseEvent[]) => void;
  /** Any byte came, or the connection opened. */
  onAlive: () => void;
  /** After an interruption: what was not resumable must be read again. */
  onReopened: () => void;
}

/** Opens the stream and keeps it open until stopped. */
export function openStream(options: StreamOptions): Stream {
  let stopped = false;
  let last: string | null = null;
  let abort = new AbortController();
  let retry = FIRST_RETRY_MS;
  let wake: () => void = () => undefined;
  let opened = false;

  async function once(): Promise<void> {
    abort = new AbortController();
    const headers: Record<string, string> = { accept: "text/event-stream" };
    if (last !== null) headers["last-event-id"] = last;
    let watchdog = window.setTimeout(() => abort.abort(), DEAD_MS);
    try {
      const response = await fetch(options.url, { headers, signal: abort.signal, credentials: "same-origin" });
      if (!response.ok || !response.body) throw new Error(`stream answered ${response.status}`);
      if (opened) options.onReopened();
      opened = true;
      retry = FIRST_RETRY_MS;
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let buffer = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        window.clearTimeout(watchdog);
        watchdog = window.setTimeout(() => abort.abort(), DEAD_MS);
        options.onAlive();
        const parsed = parseSse(buffer + value);
        buffer = parsed.rest;
        for (const event of parsed.events) if (event.id !== null) last = event.id;
        if (parsed.events.length > 0) options.onEvents(parsed.events);
      }
    } finally {
      window.clearTimeout(watchdog);
    }
  }

  async function run(): Promise<void> {
    while (!stopped) {
      try {
        await once();
      } catch {
        // The reason does not matter: the screen shows the silence, and the next try follows.
      }
      if (stopped) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
        window.setTimeout(resolve, retry);
      });
      retry = Math.min(LAST_RETRY_MS, retry * 2);
    }
  }

  void run();
  return {
    stop: () => {
      stopped = true;
      abort.abort();
    },
    reconnect: () => {
      retry = FIRST_RETRY_MS;
      wake();
    },
  };
}
