// Calls Python in a worker.

// A worker of its own address would have its own Content-Security-Policy, which only a header can
// set. One of a blob inherits the policy of the page, and so cannot connect to other hosts either.
function startWorker() {
  const script = `import ${JSON.stringify(new URL("worker.js", import.meta.url).href)};`;
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  return new Worker(address, { type: "module" });
}

export class Engine {
  #worker;
  #calls = new Map();
  #count = 0;
  #build;
  #onProgress;
  #ready;

  /**
   * @param {object} build The content of build.json.
   * @param {(share: number) => void} onProgress Receives the share that is loaded, from 0 to 1.
   */
  constructor(build, onProgress) {
    this.#build = build;
    this.#onProgress = onProgress;
    this.#start();
  }

  /** Resolves when Python runs. */
  get ready() {
    return this.#ready;
  }

  #start() {
    this.#worker = startWorker();
    this.#ready = new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }) => {
        if (data.loaded) this.#onProgress(Math.min(data.loaded / this.#build.size, 1));
        else if (data.ready) resolve();
        else if (data.id === undefined) reject(new Error(data.error));
        else this.#settle(data);
      };
      this.#worker.onerror = () => reject(new Error("the worker cannot start"));
    });
    this.#ready.catch(() => {});
    this.#worker.postMessage({ build: this.#build });
  }

  #settle({ id, result, error, isFatal }) {
    const { resolve, reject } = this.#calls.get(id);
    this.#calls.delete(id);
    if (error === undefined) resolve(JSON.parse(result));
    else reject(Object.assign(new Error(error), { isFatal }));
  }

  /** Call a function of page.py with a value, and return its value. */
  async call(method, argument) {
    await this.#ready;
    const id = (this.#count += 1);
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject });
      this.#worker.postMessage({ id, method, argument: JSON.stringify(argument) });
    });
  }

  /** Start Python again, after an error from which it cannot recover. */
  restart() {
    this.#worker.terminate();
    for (const { reject } of this.#calls.values()) reject(new Error("restarted"));
    this.#calls.clear();
    this.#start();
  }
}
