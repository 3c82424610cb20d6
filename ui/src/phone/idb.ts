/** A small promise cover over IndexedDB: the outbox and the last known jobs live there. */

const NAME = "qingshu-crew";
const VERSION = 1;

let opening: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("outbox", { keyPath: "n", autoIncrement: true });
      request.result.createObjectStore("cache");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB did not open"));
  });
  return opening;
}

async function run<T>(store: "outbox" | "cache", mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const db = await open();
  return new Promise<T>((resolve, reject) => {
    const tx = db.transaction(store, mode);
    const request = work(tx.objectStore(store));
    tx.oncomplete = () => resolve(request.result);
    tx.onerror = () => reject(tx.error ?? new Error("IndexedDB refused"));
    tx.onabort = () => reject(tx.error ?? new Error("IndexedDB is full"));
  });
}

export function cached<T>(key: string): Promise<T | undefined> {
  return run<T | undefined>("cache", "readonly", (store) => store.get(key) as IDBRequest<T | undefined>);
}

export async function cache(key: string, value: unknown): Promise<void> {
  await run("cache", "readwrite", (store) => store.put(value, key));
}

export async function outboxAll<T>(): Promise<T[]> {
  return run<T[]>("outbox", "readonly", (store) => store.getAll() as IDBRequest<T[]>);
}

export async function outboxAdd(value: unknown): Promise<number> {
  return Number(await run("outbox", "readwrite", (store) => store.add(value)));
}

export async function outboxDelete(n: number): Promise<void> {
  await run("outbox", "readwrite", (store) => store.delete(n));
}

export async function outboxPut(value: unknown): Promise<void> {
  await run("outbox", "readwrite", (store) => store.put(value));
}
