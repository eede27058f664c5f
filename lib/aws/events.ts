/**
 * Which new objects an event speaks of: an S3 event notification, the same by way of SNS, or EventBridge's "Object Created".
 *
 * Sources: Amazon S3 User Guide, "Event message structure" and "EventBridge event message structure"; Amazon SNS Developer Guide,
 * "Message formats for Amazon SNS to Amazon SQS".
 */
import { eventBytesMax, eventObjectsMax } from '../limits.ts';

export interface NewObject {
  readonly bucket: string;
  /** As in the bucket, decoded. */
  readonly key: string;
  readonly sizeBytes?: number;
  /** When it was stored, in milliseconds since 1970. */
  readonly storedMilliseconds?: number;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * The objects of the body of an SQS message, empty for what S3 sends to try the way and for events about anything but new objects.
 * Throws for what is no such event, with what was got.
 */
export function newObjects(body: string): NewObject[] {
  const event = parse(body);
  const isByTopic = event.Type === 'Notification' && typeof event.Message === 'string';
  const objects = fromS3(isByTopic ? parse(event.Message as string) : event);
  // Consoles and copies of folders leave empty objects whose keys end in a slash.
  return objects.filter(({ key, sizeBytes }) => !(key.endsWith('/') && sizeBytes === 0));
}

function parse(text: string): Json {
  if (text.length > eventBytesMax) throw new Error(`an event of ${text.length} characters, at most ${eventBytesMax}`);
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch (error) {
    throw unknown(`text that is not JSON (${(error as Error).message})`, error);
  }
  if (typeof event === 'object' && event !== null && !Array.isArray(event)) return event as Json;
  throw unknown(Array.isArray(event) ? 'a list' : JSON.stringify(event).slice(0, NAMES_CHARACTERS));
}

function fromS3(event: Json): NewObject[] {
  if (event.Event === 's3:TestEvent') return [];
  if (event.source === 'aws.s3') return event['detail-type'] === 'Object Created' ? [fromBridge(event)] : [];
  if (!Array.isArray(event.Records)) throw unknown(described(event));
  if (event.Records.length > eventObjectsMax) {
    throw new Error(`an event about ${event.Records.length} objects, at most ${eventObjectsMax}; send them in parts`);
  }
  return event.Records.flatMap(fromRecord);
}

function fromRecord(record: Json): NewObject[] {
  if (record?.eventSource !== 'aws:s3') throw unknown(`a record of "${record?.eventSource}"`);
  if (!String(record.eventName).startsWith('ObjectCreated:')) return [];
  const { bucket, object } = (record.s3 ?? {}) as Record<string, Json | undefined>;
  return [newObject(bucket?.name, decoded(object?.key), object?.size, record.eventTime)];
}

/** EventBridge leaves the key as it is. */
function fromBridge({ detail, time }: Json): NewObject {
  const { bucket, object } = (detail ?? {}) as Record<string, Json | undefined>;
  return newObject(bucket?.name, object?.key, object?.size, time);
}

function newObject(bucket: unknown, key: unknown, size: unknown, time: unknown): NewObject {
  if (typeof bucket !== 'string' || bucket === '') throw unknown('an object without a bucket');
  if (typeof key !== 'string' || key === '') throw unknown('an object without a key');
  const stored = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return {
    bucket,
    key,
    sizeBytes: typeof size === 'number' && size >= 0 ? size : undefined,
    storedMilliseconds: Number.isNaN(stored) ? undefined : stored,
  };
}

/** S3 writes keys as in a form: percent signs, and `+` for a blank. */
function decoded(key: unknown): unknown {
  if (typeof key !== 'string') return key;
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch (error) {
    throw unknown(`a key that cannot be decoded, ${JSON.stringify(key.slice(0, NAMES_CHARACTERS))}`, error);
  }
}

/** Characters of what was got that a message shows. */
const NAMES_CHARACTERS = 200;

/** Names of the members, no values: an event may hold anything. */
function described(event: Json): string {
  return `an object with ${Object.keys(event).join(', ').slice(0, NAMES_CHARACTERS) || 'nothing in it'}`;
}

function unknown(got: string, cause?: unknown): Error {
  const expected = 'an S3 event notification, the same by SNS, or an EventBridge event "Object Created"';
  return new Error(`unknown event: got ${got}, expected ${expected}`, { cause });
}
