import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PAGES } from '../docs/generate.ts';

describe('the reference pages', () => {
  it.each(Object.entries(PAGES))('%s is what npm run docs writes', (path, text) => {
    expect(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')).toBe(text);
  });

  it('name every table row', () => {
    expect(PAGES['docs/fields.md']).toContain('`next-hop-vpc-id`');
    expect(PAGES['docs/features.md']).toContain('`client_walk`');
    expect(PAGES['docs/finding-types.md']).toContain('`internal-sweep`');
  });
});
