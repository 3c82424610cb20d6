/** One fetch wrapper: JSON in and out, and errors that name what failed. */

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: Record<string, unknown>;

  constructor(status: number, code: string, message: string, fields: Record<string, unknown>) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}

/** True when no answer came at all: off line, or the server is away. */
export function isOffline(error: unknown): boolean {
  return error instanceof ApiError && error.status === 0;
}

const BASE = "/api/v1";
let onSignedOut: () => void = () => undefined;

/** Called when the server says the session has ended. */
export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

async function failure(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  const error = isRecord(body) && isRecord(body["error"]) ? body["error"] : {};
  const code = typeof error["code"] === "string" ? error["code"] : "http_error";
  const message = typeof error["message"] === "string" ? error["message"] : response.statusText;
  const fields = isRecord(error["fields"]) ? error["fields"] : {};
  return new ApiError(response.status, code, message, fields);
}

export interface Call {
  method?: string;
  body?: unknown;
  form?: FormData;
  key?: string;
  signal?: AbortSignal;
}

export async function call<T>(path: string, options: Call = {}): Promise<T> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (options.body !== undefined) headers["content-type"] = "application/json";
  if (options.key) headers["idempotency-key"] = options.key;
  let response: Response;
  try {
    response = await fetch(BASE + path, {
      method: options.method ?? "GET",
      headers,
      body: options.form ?? (options.body === undefined ? undefined : JSON.stringify(options.body)),
      credentials: "same-origin",
      signal: options.signal,
    });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError(0, "unreachable", "The server did not answer.", {});
  }
  if (!response.ok) {
    const error = await failure(response);
    if (error.status === 401 && path !== "/session") onSignedOut();
    throw error;
  }
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

export function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return call<T>(path, { signal });
}

export function post<T>(path: string, body: unknown = {}, key?: string): Promise<T> {
  return call<T>(path, { method: "POST", body, key });
}

/** A query string from the given values; null and undefined are left out. */
export function query(values: Record<string, string | number | boolean | null | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined) search.set(name, String(value));
  }
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}
