/**
 * What this device keeps of answers until the server has them, in IndexedDB. Where that cannot be had, as in some private
 * windows, rows are kept in the memory of the page: they end with it, and `put` says so.
 *
 * Two kinds of rows, both with a `key` and the `tag` of the participant they belong to: `waiting` for the server, and
 * `refused` by it.
 */

const KINDS = ["waiting", "refused"];
const PATIENCE_MS = 3000; // some browsers neither open the database nor say that they cannot

export class Device {
  #database = opened().catch(given("opened"));
  #memory = new Map(KINDS.map((kind) => [kind, new Map()]));

  /** Keep a row; true if it outlives this page. */
  async put(kind, row) {
    const lasting = (await this.#within([kind], (store) => store(kind).put(row))) !== null;
    if (!lasting) this.#memory.get(kind).set(row.key, row);
    return lasting;
  }

  async get(kind, key) {
    const found = await this.#within([kind], (store) => store(kind).get(key));
    return found ?? this.#memory.get(kind).get(key) ?? null;
  }

  /** The rows of one participant, the oldest first. */
  async all(kind, tag) {
    const stored = (await this.#within([kind], (store) => store(kind).getAll())) ?? [];
    const rows = [...stored, ...this.#memory.get(kind).values()];
    return rows.filter((row) => row.tag === tag).sort((a, b) => a.at - b.at);
  }

  async remove(kind, key) {
    this.#memory.get(kind).delete(key);
    await this.#within([kind], (store) => store(kind).delete(key));
  }

  /** Turn a row that waits into a refused one, both or neither. */
  async refuse(row, reason) {
    const refused = { ...row, ...reason };
    const moved = await this.#within(KINDS, (store) => {
      store("waiting").delete(row.key);
      return store("refused").put(refused);
    });
    this.#memory.get("waiting").delete(row.key);
    if (moved === null) this.#memory.get("refused").set(row.key, refused);
  }

  /** Delete the rows of a kind that are older than `ms`, whoever they belong to. */
  async expire(kind, ms) {
    const rows = (await this.#within([kind], (store) => store(kind).getAll())) ?? [];
    for (const { key, at } of rows) if (at < Date.now() - ms) await this.remove(kind, key);
  }

  /** Delete everything of one participant. */
  async forget(tag) {
    for (const kind of KINDS) {
      for (const { key } of await this.all(kind, tag)) await this.remove(kind, key);
    }
  }

  /** Return what `work` asked for once all of it is on the disk; null where there is no database or it fails. */
  async #within(kinds, work) {
    const database = await this.#database;
    if (!database) return null;
    try {
      const transaction = database.transaction(kinds, "readwrite", { durability: "strict" });
      const done = new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
      });
      const asked = work((kind) => transaction.objectStore(kind));
      await done;
      return asked.result;
    } catch (error) {
      return given("used")(error);
    }
  }
}

/** Say in the console why the database was not had; the page tells the listener what follows from it. */
function given(what) {
  return (error) => {
    console.info(`The browser's database could not be ${what}: ${error?.message}`);
    return null;
  };
}

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("bcstudy", 1);
    request.onupgradeneeded = () => {
      for (const kind of KINDS) request.result.createObjectStore(kind, { keyPath: "key" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    setTimeout(() => reject(new Error("no answer")), PATIENCE_MS);
  });
}
