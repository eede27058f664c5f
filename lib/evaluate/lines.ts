/**
 * Lines of a text that arrives in pieces of bytes.
 */
import { StringDecoder } from 'node:string_decoder';
import { lineBytesMax } from '../limits.ts';

/** Lines without their ends, LF or CRLF. Throws when a line is longer than `lineBytesMax` characters. */
export async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let number = 0;
  for await (const piece of pieces) {
    const lines = (rest + decoder.write(piece)).split('\n');
    rest = lines.pop()!;
    for (const line of lines) yield checked(line, ++number);
    checked(rest, number + 1);
  }
  rest += decoder.end();
  if (rest !== '') yield checked(rest, number + 1);
}

function checked(line: string, number: number): string {
  if (line.length > lineBytesMax) {
    throw new Error(`line ${number} has ${line.length} characters or more, expected at most ${lineBytesMax}`);
  }
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
