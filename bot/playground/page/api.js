/** The page's side of the playground's API: requests, the stream of events, awaited answers. */

export async function get(path) {
  return read(await fetch(`/api/${path}`));
}

export async function post(path, body) {
  const form = body instanceof FormData;
  return read(
    await fetch(`/api/${path}`, {
      method: "POST",
      headers: form ? {} : { "Content-Type": "application/json" },
      body: form ? body : JSON.stringify(body),
    }),
  );
}

async function read(response) {
  const body = await response.json().catch(() => ({ error: response.statusText }));
  if (!response.ok) throw new Error(body.error ?? `${response.status} ${response.statusText}`);
  return body;
}

export const fileUrl = (message, fileId) =>
  message.file_urls?.[fileId] ?? `/api/file/${encodeURIComponent(fileId)}`;

/**
 * Follow what happens. `opened` is called at the beginning and whenever the connection is there
 * again, `lost` when it breaks, `happened(name, body)` for each event.
 */
export function follow(names, { opened, lost, happened }) {
  const source = new EventSource("/api/events");
  source.onopen = opened;
  source.onerror = () => {
    lost();
    // A browser gives up for good where the server answered with an error.
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(() => follow(names, { opened, lost, happened }), 2000);
    }
  };
  for (const name of names) {
    source.addEventListener(name, (event) => happened(name, JSON.parse(event.data || "{}")));
  }
}

/** Answers by the ids of their queries; one may come before the id itself is known. */
class Answers {
  #came = new Map();
  #awaited = new Map();

  arrive(id, answer) {
    const resolve = this.#awaited.get(id);
    this.#awaited.delete(id);
    if (resolve) resolve(answer);
    else this.#came.set(id, answer);
    if (this.#came.size > 100) this.#came.delete(this.#came.keys().next().value);
  }

  /** The answer, or null where none came within so many milliseconds. */
  of(id, patience = 30_000) {
    const answer = this.#came.get(id);
    this.#came.delete(id);
    if (answer) return Promise.resolve(answer);
    return new Promise((resolve) => {
      this.#awaited.set(id, resolve);
      setTimeout(() => this.#awaited.delete(id) && resolve(null), patience);
    });
  }
}

export const callbackAnswers = new Answers();
export const inlineAnswers = new Answers();
