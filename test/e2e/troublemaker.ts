/**
 * Stands between the functions and the emulator, and makes the trouble that AWS makes: refuses requests, or loses their answers.
 */
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What is done to a request, once: an answer in place of the real one, or `lose`, which lets it through and loses the answer. */
export type Trouble = 'lose' | { readonly status: number; readonly code: string };

interface Planned {
  readonly applies: (request: Request) => boolean;
  readonly trouble: Trouble;
  times: number;
}

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

export interface Plan {
  /** Requests that it still waits for. */
  left(): number;
  /** Ends it early. */
  end(): void;
}

export interface Troublemaker {
  readonly endpoint: string;
  /** Where requests go; set once the emulator is up. */
  target: string;
  /** Called when a request has been done, before its answer goes back. */
  onAnswer: ((request: Request) => void) | undefined;
  /** Makes trouble for the next requests that apply. */
  plan(times: number, trouble: Trouble, applies: (request: Request) => boolean): Plan;
  close(): Promise<void>;
}

export async function startTroublemaker(): Promise<Troublemaker> {
  const plans: Planned[] = [];
  const server = createServer(async (request, response) => {
    try {
      await pass(request, response, proxy, plans);
    } catch {
      // The function has gone, or the emulator has: either way nobody waits for an answer.
      response.destroy();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: Troublemaker = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target: '',
    onAnswer: undefined,
    plan(times, trouble, applies) {
      const planned = { applies, trouble, times };
      plans.push(planned);
      return {
        left: () => planned.times,
        end: () => {
          planned.times = 0;
        },
      };
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return proxy;
}

async function pass(
  incoming: IncomingMessage,
  response: ServerResponse,
  proxy: Troublemaker,
  plans: readonly Planned[],
) {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  const body = Buffer.concat(pieces);
  const seen = { method: incoming.method!, path: incoming.url!, body: body.toString('latin1') };
  const planned = plans.find(({ times, applies }) => times > 0 && applies(seen));
  if (planned !== undefined) planned.times--;
  const trouble = planned?.trouble;
  if (typeof trouble === 'object') {
    response.writeHead(trouble.status, { 'content-type': 'application/xml' });
    const error = `<Error><Code>${trouble.code}</Code><Message>${trouble.code} by the proxy</Message></Error>`;
    // S3 answers with the error itself, SNS with an envelope around it.
    response.end(incoming.url === '/' ? `<ErrorResponse>${error}</ErrorResponse>` : error);
    return;
  }
  const answer = await forward(incoming, body, proxy.target);
  proxy.onAnswer?.(seen);
  if (trouble === 'lose') {
    answer.resume();
    response.destroy();
    return;
  }
  response.writeHead(answer.statusCode!, answer.headers);
  answer.pipe(response);
}

function forward(incoming: IncomingMessage, body: Buffer, target: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { 'transfer-encoding': _, ...headers } = incoming.headers;
    const options = { method: incoming.method, headers: { ...headers, 'content-length': body.length } };
    httpRequest(new URL(incoming.url!, target), options, resolve).on('error', reject).end(body);
  });
}
