/**
 * flowtrap as it runs in the cloud, with a folder for its bucket, a simulated clock, and what it publishes kept: objects are judged as they come, every
 * finding that is written or rewritten is put before `notify`, and a day's digest is told when asked for.
 */
import { detect } from '../lib/detect.ts';
import { parseFinding } from '../lib/findings/stored.ts';
import type { FieldName } from '../lib/flowlog/fields.ts';
import type { LogObject } from '../lib/flowlog/object.ts';
import { formatRecord, type Slot } from '../lib/flowlog/record.ts';
import { correlate } from '../lib/history/correlate.ts';
import { dayPath } from '../lib/history/hours.ts';
import { keepFinding } from '../lib/history/kept-findings.ts';
import type { Store } from '../lib/history/store.ts';
import type { Classifier } from '../lib/model/classifier.ts';
import { digest } from '../lib/notify/digest.ts';
import type { Message } from '../lib/notify/message.ts';
import { notify } from '../lib/notify/notify.ts';
import type { Settings } from '../lib/settings.ts';

/** A message, and when it went out. */
export interface Sent {
  readonly atSeconds: number;
  readonly message: Message;
}

/** Its bucket, its clock, and what it has told. */
export class Installation {
  readonly told: Sent[] = [];
  readonly digests: Sent[] = [];
  records = 0;
  readonly #classifier: Classifier;
  readonly #settings: Settings;
  readonly #bucket: Store;
  readonly #written: string[] = [];
  readonly #store: Store;
  #nowSeconds = 0;

  constructor(classifier: Classifier, settings: Settings, bucket: Store) {
    this.#classifier = classifier;
    this.#settings = settings;
    this.#bucket = bucket;
    this.#store = {
      list: (prefix) => bucket.list(prefix),
      read: (key) => bucket.read(key),
      remove: (key) => bucket.remove(key),
      write: async (key, bytes, condition) => {
        const isWritten = await bucket.write(key, bytes, condition);
        // As the bucket tells the queue of what is new under this prefix.
        if (isWritten && key.startsWith('findings/')) this.#written.push(key);
        return isWritten;
      },
    };
  }

  /** An object of the log has come. */
  async receive({ endSeconds, records }: Slot, fields: readonly FieldName[]): Promise<void> {
    this.#nowSeconds = endSeconds;
    this.records += records.length;
    const lines = [fields.join(' '), ...records.map((record) => formatRecord(record, fields))];
    const object: LogObject = {
      name: `${new Date(endSeconds * 1000).toISOString()}.log`,
      async *open() {
        yield Buffer.from(`${lines.join('\n')}\n`);
      },
    };
    const { findings } = await detect(only(object), {
      classifier: this.#classifier,
      settings: this.#settings,
      store: this.#store,
      nowSeconds: this.#nowSeconds,
    });
    for (const finding of findings) await keepFinding(this.#store, finding);
    await this.#notify();
  }

  async lookBack(): Promise<void> {
    const options = { classifier: this.#classifier, settings: this.#settings, nowSeconds: this.#nowSeconds };
    await correlate(this.#store, options);
    await this.#notify();
  }

  async #notify(): Promise<void> {
    for (const key of this.#written.splice(0)) {
      const stored = await this.#bucket.read(key);
      const finding = parseFinding(Buffer.from(stored!.bytes).toString('utf8'));
      await notify(finding, this.#store, this.#settings, this.#nowSeconds, this.#publishTo(this.told));
    }
  }

  /** Tells the digest of the day that began at `day`, at a moment that is not before what has come. */
  async tellDay(day: number, atSeconds: number): Promise<void> {
    this.#nowSeconds = Math.max(this.#nowSeconds, atSeconds);
    const name = dayPath(day).replace('day=', '');
    await digest(name, this.#store, this.#settings, this.#nowSeconds, this.#publishTo(this.digests));
  }

  #publishTo(list: Sent[]) {
    return async (message: Message) => {
      list.push({ atSeconds: this.#nowSeconds, message });
    };
  }
}

async function* only(object: LogObject): AsyncGenerator<LogObject> {
  yield object;
}
