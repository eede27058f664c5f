import { describe, expect, it } from 'vitest';
import { tagsOf } from '../../lib/findings/tags.ts';

describe('tags of a record', () => {
  it('are the values of its tag fields, decoded', () => {
    const header = 'version srcaddr instance-tag dstaddr interface-tag-2 asg-tag';
    expect(tagsOf(header, '11 10.0.0.1 web%20front 10.0.0.2 lab -')).toEqual(['web front', 'lab']);
  });

  it('are read under the names of Parquet columns and between commas', () => {
    expect(tagsOf('srcaddr,instance_tag', '10.0.0.1,scanner')).toEqual(['scanner']);
  });

  it('are none where the log has no such fields, or the record is short', () => {
    expect(tagsOf('srcaddr dstaddr', '10.0.0.1 10.0.0.2')).toEqual([]);
    expect(tagsOf('srcaddr instance-tag', '10.0.0.1')).toEqual([]);
  });

  it('stand as they are where percent signs are no encoding', () => {
    expect(tagsOf('instance-tag', '100%')).toEqual(['100%']);
  });
});
