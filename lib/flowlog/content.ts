/**
 * What the bytes of an object are, judged by how they begin and never by the object's name, and the way from there to
 * lines of text.
 */
import { CloudWatchReader, isPackedPayload } from './cloudwatch.ts';
import type { Take } from './unpack.ts';

/** Bytes looked at before deciding: past every signature, enough to tell binary from text. */
export const HEAD_BYTES = 512;

/** Signatures of what is not a flow log but gets among them, with what to do. Checked in order. */
const SIGNATURES: readonly (readonly [signature: string, what: string])[] = [
  ['\x1f\x8b', 'gzip inside gzip; unpack it once'],
  ['PAR1', 'Parquet inside gzip; unpack it first'],
  ['\x28\xb5\x2f\xfd', 'Zstandard; unpack it with zstd -d'],
  ['BZh', 'bzip2; unpack it with bunzip2'],
  ['\xfd7zXZ\x00', 'xz; unpack it with unxz'],
  ['\x04\x22\x4d\x18', 'LZ4; unpack it with lz4 -d'],
  ['\xff\x06\x00\x00sNaPpY', 'framed Snappy; unpack it first'],
  ['7z\xbc\xaf\x27\x1c', 'a 7-Zip archive; unpack it first'],
  ['PK\x03\x04', 'a ZIP archive; unpack it first'],
  ['ORC', 'an ORC file; export it as text or Parquet'],
  ['Obj\x01', 'an Avro file; export it as text or Parquet'],
  ['ARROW1', 'an Arrow file; export it as text or Parquet'],
  ['\xd4\xc3\xb2\xa1', 'a packet capture; turn it into flow logs with flowtrap convert'],
  ['\xa1\xb2\xc3\xd4', 'a packet capture; turn it into flow logs with flowtrap convert'],
  ['\x4d\x3c\xb2\xa1', 'a packet capture; turn it into flow logs with flowtrap convert'],
  ['\x0a\x0d\x0d\x0a', 'a packet capture; turn it into flow logs with flowtrap convert'],
  ['\xff\xfe', 'text in UTF-16; save it as UTF-8'],
  ['\xfe\xff', 'text in UTF-16; save it as UTF-8'],
  ['%PDF', 'a PDF document; name flow logs only'],
  ['\x7fELF', 'a program; name flow logs only'],
];

const EXPECTED = 'expected flow-log text, gzip, Parquet or a CloudWatch Logs payload';

export function startsWith(bytes: Uint8Array, signature: string): boolean {
  for (let i = 0; i < signature.length; i++) if (bytes[i] !== signature.charCodeAt(i)) return false;
  return true;
}

/**
 * Takes unpacked bytes in pieces of any size and hands on lines of text: the content itself when it is text, one line
 * per event when it is CloudWatch Logs payloads.
 */
export class ContentReader {
  /** Why the content cannot be read, or not further. */
  failure: string | undefined;
  readonly #lines: Take;
  #head: Uint8Array | undefined = new Uint8Array(0);
  #payloads: CloudWatchReader | undefined;

  constructor(lines: Take) {
    this.#lines = lines;
  }

  /** False when no more is wanted, be it because of a failure. */
  push(bytes: Uint8Array): boolean {
    if (this.#head === undefined) return this.#pass(bytes);
    const head = Buffer.concat([this.#head, bytes]);
    this.#head = head;
    return head.length < HEAD_BYTES || this.#decide(head);
  }

  /** Must be called once after the last piece. */
  finish(): void {
    if (this.#head !== undefined && !this.#decide(this.#head)) return;
    if (this.#payloads === undefined) return;
    this.#payloads.finish();
    this.failure ??= this.#payloads.failure;
  }

  #decide(head: Uint8Array): boolean {
    this.#head = undefined;
    const bytes = startsWith(head, '\xef\xbb\xbf') ? head.subarray(3) : head;
    this.failure = refusal(bytes.subarray(0, HEAD_BYTES));
    if (this.failure !== undefined) return false;
    const packed = isPackedPayload(bytes);
    if (packed || firstVisible(bytes) === '{') this.#payloads = new CloudWatchReader(this.#lines, packed);
    return bytes.length === 0 || this.#pass(bytes);
  }

  #pass(bytes: Uint8Array): boolean {
    if (this.#payloads === undefined) return this.#lines(bytes);
    const more = this.#payloads.push(bytes);
    this.failure = this.#payloads.failure;
    return more;
  }
}

function firstVisible(bytes: Uint8Array): string {
  const at = bytes.findIndex((byte) => byte > 32);
  return at < 0 ? '' : String.fromCharCode(bytes[at]);
}

/** Why content that begins like this is not read, `undefined` when it may be a log. */
function refusal(head: Uint8Array): string | undefined {
  const known = SIGNATURES.find(([signature]) => startsWith(head, signature));
  if (known !== undefined) return `looks like ${known[1]}; ${EXPECTED}`;
  const first = firstVisible(head);
  if (first === '<') return `looks like an HTML or XML page, often an error page saved as a log; ${EXPECTED}`;
  if (first === '[') return `looks like a JSON array; ${EXPECTED}`;
  if (head.some((byte) => byte < 9)) return `looks like binary data of an unknown kind; ${EXPECTED}`;
  return undefined;
}
