/** Places that match what is typed, each with the reason why. */
import { useEffect, useState } from "react";
import { get, query } from "../shared/api";
import { pick } from "../shared/i18n";
import { Icon } from "../shared/icons";

export interface Candidate {
  tank_id?: number | null;
  community_id?: number | null;
  office_id?: number | null;
  name: string;
  score: number;
  because: string;
  because_en?: string;
}

const TYPING_MS = 250;

function usePlaces(text: string): Candidate[] {
  const [found, setFound] = useState<Candidate[]>([]);
  useEffect(() => {
    if (text.trim().length < 2) {
      setFound([]);
      return undefined;
    }
    const abort = new AbortController();
    const timer = window.setTimeout(() => {
      get<{ candidates: Candidate[] }>(`/places${query({ q: text.trim() })}`, abort.signal)
        .then((answer) => setFound(answer.candidates.slice(0, 6)))
        .catch(() => setFound([]));
    }, TYPING_MS);
    return () => {
      window.clearTimeout(timer);
      abort.abort();
    };
  }, [text]);
  return found;
}

interface Props {
  text: string;
  chosen: Candidate | null;
  onPick: (candidate: Candidate) => void;
}

export function PlaceChoice({ text, chosen, onPick }: Props) {
  const candidates = usePlaces(chosen ? "" : text);
  if (chosen) return <p className="chosen"><Icon name="pin" />{chosen.name}<span className="muted">{pick(chosen.because, chosen.because_en)}</span></p>;
  if (candidates.length === 0) return null;
  return (
    <ul className="cands">
      {candidates.map((one) => (
        <li key={`${one.tank_id ?? ""}-${one.community_id ?? ""}-${one.office_id ?? ""}-${one.name}`}>
          <button type="button" onClick={() => onPick(one)}><Icon name="pin" /><b>{one.name}</b><span className="muted">{pick(one.because, one.because_en)}</span></button>
        </li>
      ))}
    </ul>
  );
}
