import { afterAll, beforeAll, beforeEach, vi } from 'vitest';
import { metrics } from '../../lambdas/shared/telemetry.ts';

/** What the functions print: log lines and metrics, each line one JSON object. */
export interface Output {
  /** Everything as it was printed. */
  text(): string;
  logs(): Record<string, unknown>[];
  /** Values of a metric, with the dimensions besides the service. */
  metric(name: string): { readonly value: number | number[]; readonly dimensions: Record<string, unknown> }[];
}

/** Catches what is printed during the tests of a file. */
export function catchOutput(): Output {
  const lines: string[] = [];
  const spies: { mockRestore: () => void }[] = [];
  beforeAll(() => {
    for (const stream of [process.stdout, process.stderr]) {
      const spy = vi.spyOn(stream, 'write').mockImplementation((text) => {
        lines.push(String(text));
        return true;
      });
      spies.push(spy);
    }
  });
  beforeEach(() => {
    metrics.clearMetrics();
    lines.splice(0);
  });
  afterAll(() => {
    for (const spy of spies) spy.mockRestore();
  });
  const objects = () =>
    lines
      .join('')
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return {
    text: () => lines.join(''),
    logs: () => objects().filter((line) => line.level !== undefined),
    metric: (name) =>
      objects()
        .filter((line) => line._aws !== undefined && line[name] !== undefined)
        .map(({ _aws, service, [name]: value, ...dimensions }) => ({ value: value as number, dimensions })),
  };
}
