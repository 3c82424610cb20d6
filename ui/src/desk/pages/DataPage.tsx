/** One plain list screen: title, what it is, a table with real heads, and honest empty and error states. */
import type { ReactNode } from "react";
import { Button, EmptyState } from "../../shared/components";
import { explain, t, useLang } from "../../shared/i18n";
import type { Remote } from "../../shared/useRemote";

export interface Column<T> {
  head: string;
  cell: (item: T) => ReactNode;
  /** Figures stand to the right. */
  figure?: boolean;
}

interface Props<T> {
  title: string;
  say: string;
  remote: Remote<unknown>;
  items: T[] | null;
  columns: Column<T>[];
  id: (item: T) => string | number;
  empty: string;
  tools?: ReactNode;
}

export function DataPage<T>({ title, say, remote, items, columns, id, empty, tools }: Props<T>) {
  useLang();
  return (
    <section className="sheet">
      <header><h1>{title}</h1><p className="soft">{say}</p><div className="end row">{tools}</div></header>
      {items === null && remote.error ? (
        <EmptyState icon="warn" failed title={explain(title, remote.error)} action={<Button onClick={remote.refresh}>{t("again")}</Button>} />
      ) : items === null ? <p className="quiet" role="status">{t("loading")}</p> : items.length === 0 ? (
        <EmptyState icon="check" title={empty} />
      ) : (
        <div className="card scroll">
          <table className="tbl">
            <thead><tr>{columns.map((column) => <th key={column.head} scope="col" className={column.figure ? "fig" : undefined}>{column.head}</th>)}</tr></thead>
            <tbody>
              {items.map((item) => (
                <tr key={id(item)}>{columns.map((column) => <td key={column.head} className={column.figure ? "fig" : undefined}>{column.cell(item)}</td>)}</tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
