/** The round of this person with its tanks: from the server when there is signal, else the last known one. */
import { useCallback, useEffect, useMemo, useState } from "react";
import { get, isOffline, query } from "../shared/api";
import type { Finding, Round, TankDetail } from "../shared/types";
import { cache, cached } from "../phone/idb";
import { sawTaken, setOnline, takenSoFar, unseen, useOutbox } from "../phone/outbox";
import { findingsWith, ownRound, roundWith, type Seen } from "./localRound";

const EVERY_MS = 10_000;

interface Known {
  round: Round | null;
  tanks: TankDetail[];
  findings: Finding[];
}

export interface MyRound {
  ready: boolean;
  round: Round | null;
  tanks: Map<number, TankDetail>;
  findings: Finding[];
  seen: Seen;
  markFine: (tankId: number) => void;
  error: unknown;
  refresh: () => void;
}

async function readRound(names: string[], before: Known | null): Promise<Known> {
  const { items } = await get<{ items: Round[] }>("/rounds");
  const round = ownRound(items, names);
  if (!round) return { round: null, tanks: [], findings: [] };
  const held = new Map((before?.tanks ?? []).map((tank) => [tank.id, tank]));
  const [tanks, findings] = await Promise.all([
    Promise.all(round.tank_ids.map((id) => held.get(id) ?? get<TankDetail>(`/tanks/${id}`))),
    get<{ items: Finding[] }>(`/findings${query({ round_id: round.id })}`),
  ]);
  return { round, tanks, findings: findings.items };
}

export function useRound(names: string[]): MyRound {
  const outbox = useOutbox();
  const key = `round:${names.join("|")}`;
  const [known, setKnown] = useState<Known | null>(null);
  const [seen, setSeen] = useState<{ round: number; fine: number[] }>({ round: 0, fine: [] });
  const [error, setError] = useState<unknown>(null);

  const read = useCallback(async () => {
    const before = (await cached<Known>(key).catch(() => undefined)) ?? null;
    const taken = takenSoFar();
    try {
      const found = await readRound(key.slice(6).split("|"), before);
      setOnline(true);
      setKnown(found);
      setError(null);
      sawTaken(taken);
      await cache(key, found);
    } catch (failed) {
      if (isOffline(failed)) {
        setOnline(false);
        if (before) setKnown((old) => old ?? before);
      }
      setError(failed);
    }
  }, [key]);

  useEffect(() => {
    void read();
    const timer = window.setInterval(() => void read(), EVERY_MS);
    return () => window.clearInterval(timer);
  }, [read, outbox.taken]);

  const roundId = known?.round?.id ?? 0;
  useEffect(() => {
    if (roundId === 0 || seen.round === roundId) return;
    void cached<number[]>(`seen:${roundId}`).then((fine) => setSeen({ round: roundId, fine: fine ?? [] }), () => setSeen({ round: roundId, fine: [] }));
  }, [roundId, seen.round]);

  const markFine = (tankId: number) => {
    const fine = [...new Set([...seen.fine, tankId])];
    setSeen({ round: roundId, fine });
    void cache(`seen:${roundId}`, fine).catch(() => undefined);
  };
  const round = useMemo(() => (known?.round ? roundWith(known.round, unseen(outbox)) : null), [known, outbox]);
  const findings = useMemo(() => (known?.round ? findingsWith(known.findings, unseen(outbox), known.round.id) : []), [known, outbox]);
  const tanks = useMemo(() => new Map((known?.tanks ?? []).map((tank) => [tank.id, tank])), [known]);
  return { ready: known !== null, round, tanks, findings, seen, markFine, error, refresh: () => void read() };
}
