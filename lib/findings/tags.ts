/**
 * Tags in sample records: values of the fields that AWS fills from the tags of instance, interface and auto scaling group.
 */
import { fieldByName } from '../flowlog/fields.ts';

const ABSENT = '-';

/** Tag values of a record under the header of its log, decoded; none where the log has no tag fields. */
export function tagsOf(header: string, record: string): string[] {
  const delimiter = header.includes(' ') ? ' ' : ',';
  const cells = record.split(delimiter);
  return header.split(delimiter).flatMap((name, i) => {
    const isTag = /-tag(?:-2)?$/.test(fieldByName(name)?.name ?? '');
    const value = cells[i] ?? ABSENT;
    return isTag && value !== ABSENT ? [decoded(value)] : [];
  });
}

/** The text behind percent signs, or the text itself where those are no encoding. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
