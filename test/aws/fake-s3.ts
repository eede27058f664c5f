/**
 * A small S3 on the loopback interface, path style: ListObjectsV2 in pages, GetObject with ranges, PutObject with conditions and
 * DeleteObject.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeS3 {
  readonly endpoint: string;
  /** Requests as they came: method, path and range. */
  readonly requests: string[];
  /** Answers of failing requests that come next, whatever they ask for: status and code. */
  readonly troubles: (readonly [number, string])[];
  close(): Promise<void>;
}

/** Serves buckets of objects, `pageKeys` keys a page. */
export async function serveS3(buckets: Record<string, Record<string, Uint8Array>>, pageKeys: number): Promise<FakeS3> {
  const requests: string[] = [];
  const troubles: [number, string][] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers.range ?? ''}`.trim());
    const trouble = troubles.shift();
    if (trouble === undefined) answer(request, response, buckets, pageKeys);
    else request.resume().on('end', () => refuse(response, ...trouble));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, requests, troubles, close: () => closed(server) };
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  buckets: Record<string, Record<string, Uint8Array>>,
  pageKeys: number,
): void {
  const url = new URL(request.url!, 'http://s3');
  const [bucket, ...rest] = url.pathname.slice(1).split('/').map(decodeURIComponent);
  const key = rest.join('/');
  const objects = buckets[bucket];
  if (bucket === 'forbidden') refuse(response, 403, 'AccessDenied');
  else if (objects === undefined) refuse(response, 404, 'NoSuchBucket');
  else if (key === '') list(response, objects, url.searchParams, pageKeys);
  else if (request.method === 'PUT') put(request, response, objects, key);
  else if (request.method === 'DELETE') remove(response, objects, key);
  else get(request, response, objects[key]);
}

const tagOf = (bytes: Uint8Array) => `"${createHash('md5').update(bytes).digest('hex')}"`;

function put(request: IncomingMessage, response: ServerResponse, objects: Record<string, Uint8Array>, key: string) {
  const pieces: Buffer[] = [];
  request.on('data', (piece) => pieces.push(piece));
  request.on('end', () => {
    const { 'if-none-match': absent, 'if-match': tag } = request.headers;
    const stored = objects[key];
    if (tag !== undefined && stored === undefined) refuse(response, 404, 'NoSuchKey');
    else if ((absent === '*' && stored !== undefined) || (tag !== undefined && tagOf(stored) !== tag)) {
      refuse(response, 412, 'PreconditionFailed');
    } else {
      objects[key] = Buffer.concat(pieces);
      response.writeHead(200, { etag: tagOf(objects[key]) }).end();
    }
  });
}

function remove(response: ServerResponse, objects: Record<string, Uint8Array>, key: string): void {
  delete objects[key];
  response.writeHead(204).end();
}

function get(request: IncomingMessage, response: ServerResponse, bytes: Uint8Array | undefined): void {
  if (bytes === undefined) {
    refuse(response, 404, 'NoSuchKey');
    return;
  }
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const part =
    range === null ? bytes : bytes.subarray(Number(range[1]), range[2] === '' ? undefined : Number(range[2]) + 1);
  response.writeHead(range === null ? 200 : 206, { 'content-length': part.length, etag: tagOf(bytes) });
  response.end(part);
}

function list(
  response: ServerResponse,
  objects: Record<string, Uint8Array>,
  parameters: URLSearchParams,
  pageKeys: number,
): void {
  const prefix = parameters.get('prefix') ?? '';
  const after = parameters.get('continuation-token') ?? '';
  const left = Object.keys(objects)
    .filter((key) => key.startsWith(prefix) && key > after)
    .sort();
  const page = left.slice(0, pageKeys);
  const contents = page.map(
    (key) =>
      `<Contents><Key>${key}</Key><Size>${objects[key].length}</Size><ETag>${tagOf(objects[key]).replaceAll('"', '&quot;')}</ETag></Contents>`,
  );
  const more = left.length > page.length;
  const next = more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
  response.setHeader('content-type', 'application/xml');
  response.end(
    `<?xml version="1.0"?><ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`,
  );
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code} says the server</Message></Error>`);
}
