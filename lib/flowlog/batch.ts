/**
 * A batch of flow-log records as columns. Records exist in no other form: one typed array per field, identifiers and
 * addresses as numbers into the dictionaries of the run.
 */
import { AddressBook } from './address.ts';
import { TextDictionary } from './dictionary.ts';
import { FIELDS, type FieldKind, type FieldName, KEYWORD, KEYWORDS } from './fields.ts';

/** What ids and address codes mean; shared by all batches of a run. */
export interface Names {
  readonly text: TextDictionary;
  readonly addresses: AddressBook;
}

export function createNames(): Names {
  return { text: new TextDictionary(), addresses: new AddressBook() };
}

export type Column = Uint8Array | Uint32Array | Int32Array | Float64Array;

interface Kind {
  readonly array: new (length: number) => Column;
  readonly absent: number;
}

/** Storage of each kind; the table in fields.ts explains it. */
export const KINDS: Record<FieldKind, Kind> = {
  text: { array: Uint32Array, absent: 0 },
  address: { array: Uint32Array, absent: 0xffff_ffff },
  integer: { array: Int32Array, absent: -1 },
  count: { array: Float64Array, absent: -1 },
  time: { array: Float64Array, absent: -1 },
  keyword: { array: Uint8Array, absent: KEYWORD.absent },
};

const KIND_OF = new Map<FieldName, FieldKind>(FIELDS.map((field) => [field.name, field.kind]));

export class FlowBatch {
  readonly names: Names;
  readonly capacity: number;
  /** Rows filled so far; readers fill a row and then count it. */
  length = 0;
  /** Line number (text), row number (Parquet) or event number (CloudWatch Logs) of each record in its object, from 1. */
  readonly ordinal: Uint32Array;
  /** Where the line of each record lies in `text`, its end excluded; both are equal where it is not at hand as it stands in the object. */
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  text = Buffer.alloc(0);
  /** The header of the lines, or what stands for one. */
  readonly header: string;
  readonly #columns = new Map<FieldName, Column>();

  constructor(names: Names, capacity: number, header = '') {
    this.names = names;
    this.capacity = capacity;
    this.header = header;
    this.ordinal = new Uint32Array(capacity);
    this.from = new Uint32Array(capacity);
    this.to = new Uint32Array(capacity);
  }

  /**
   * The column of a field, `capacity` long, of the array type of its kind. Asking for a field that the log does not have
   * gives a column full of its absent value.
   */
  column(name: FieldName): Column {
    const known = this.#columns.get(name);
    if (known !== undefined) return known;
    const { array, absent } = KINDS[KIND_OF.get(name)!];
    const column = new array(this.capacity).fill(absent) as Column;
    this.#columns.set(name, column);
    return column;
  }

  /** One record as text values, for people and tests; `-` fields are left out. */
  at(row: number): Partial<Record<FieldName, string>> {
    if (row >= this.length) throw new RangeError(`row ${row} is past the end of a batch of ${this.length}`);
    const record: Partial<Record<FieldName, string>> = {};
    for (const [name, column] of this.#columns) {
      const text = formatValue(this.names, KIND_OF.get(name)!, column[row]);
      if (text !== '-') record[name] = text;
    }
    return record;
  }
}

function formatValue(names: Names, kind: FieldKind, value: number): string {
  if (value === KINDS[kind].absent) return '-';
  if (kind === 'text') return names.text.text(value);
  if (kind === 'address') return names.addresses.format(value);
  if (kind === 'keyword') return KEYWORDS[value];
  return String(value);
}
