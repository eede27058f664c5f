import { describe, expect, it } from 'vitest';
import { settle } from '../../lib/conversations/settle.ts';
import { FEATURES, featureHash } from '../../lib/features/catalog.ts';
import { Context } from '../../lib/features/context.ts';
import { matrixFile } from '../../lib/features/export.ts';
import { fillMatrix } from '../../lib/features/matrix.ts';
import { NetworkSet, PRIVATE_NETWORKS } from '../../lib/flowlog/network.ts';
import { readTable } from '../bin/parquet-tables.ts';
import { conversationsOf } from '../conversations/records.ts';

const ours = new NetworkSet(PRIVATE_NETWORKS);

describe('matrixFile', () => {
  it('holds the very numbers that models are given, row by row', async () => {
    const conversations = await conversationsOf([
      { source: '10.0.0.1', destination: '10.0.0.2', destinationPort: 443 },
      { source: '10.0.0.2', sourcePort: 443, destination: '10.0.0.1', destinationPort: 40_000 },
      { source: '2001:db8::1', destination: '10.0.0.3', destinationPort: 22, interfaceId: '-' },
    ]);
    const rows = settle(conversations);
    const matrix = new Float32Array(rows.length * FEATURES.length);
    fillMatrix(matrix, conversations, rows, 0, rows.length, new Context(conversations, rows, ours));
    const table = await readTable(Buffer.concat([...matrixFile(conversations, rows, ours, () => 'unlabelled')]));
    expect(table.metadata).toEqual({ 'flowtrap.matrix': '1', 'flowtrap.feature_hash': featureHash() });
    expect(table.rows).toHaveLength(2);
    for (const [i, row] of table.rows.entries()) {
      const expected = [...matrix.subarray(i * FEATURES.length, (i + 1) * FEATURES.length)];
      expect(FEATURES.map(({ name }) => row[name])).toEqual(expected);
    }
    expect(
      table.rows.map(({ interface_id, client, server, server_port, protocol, flows, label }) => [
        interface_id,
        client,
        server,
        server_port,
        protocol,
        flows,
        label,
      ]),
    ).toEqual([
      ['eni-1', '10.0.0.1', '10.0.0.2', 443, 6, 2, 'unlabelled'],
      ['-', '2001:db8::1', '10.0.0.3', 22, 6, 1, 'unlabelled'],
    ]);
  });

  it('is a valid file without rows', async () => {
    const conversations = await conversationsOf([]);
    const table = await readTable(Buffer.concat([...matrixFile(conversations, settle(conversations), ours)]));
    expect(table.rows).toEqual([]);
    expect(table.columns).toHaveLength(7 + FEATURES.length);
  });
});
