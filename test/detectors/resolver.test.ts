import { describe, expect, it } from 'vitest';
import { resolver } from '../../lib/detectors/resolver.ts';
import { EARLIER, exchange, many, told } from './telling.ts';

const questions = (server: string, protocol = 'udp', from = 600, client = '10.0.0.1') =>
  many(3, (i) =>
    exchange(`${client}:${40_000 + i}`, server, {
      protocol,
      sent: 'packets=4 bytes=280',
      received: 'packets=4 bytes=900',
      at: from + 300 * i,
    }),
  );

describe('the name-server test', () => {
  it.each([
    ['plain', '9.9.8.8:53', 'udp'],
    ['plain over TCP', '9.9.8.8:53', 'tcp'],
    ['over TLS', '9.9.8.8:853', 'tcp'],
    ['over HTTPS at a known place', '1.1.1.1:443', 'tcp'],
    ['over HTTPS at a known place by IPv6', '[2606:4700:4700::1111]:443', 'tcp'],
  ])('sees new questions to a name server outside, %s', async (_, server, protocol) => {
    const client = server.startsWith('[') ? '[fd00::1]' : '10.0.0.1';
    const expected = [`unusual-resolver by ${client.replace(/[[\]]/g, '')}`];
    expect(await told(resolver, `${EARLIER}\n${questions(server, protocol, 600, client)}`)).toEqual(expected);
  });

  it.each([
    ['a resolver that has always been asked', questions('9.9.8.8:53', 'udp', 0)],
    ['a question or two', `${EARLIER}\n${questions('9.9.8.8:53').split('\n').slice(0, 2).join('\n')}`],
    [
      'a resolver of ours that asks the internet',
      `${EARLIER}\n${questions('9.9.8.8:53')}\n${questions('10.0.0.1:53', 'udp', 600, '10.0.0.7')}`,
    ],
    ['a program that asks many', `${EARLIER}\n${many(4, (i) => questions(`9.9.8.${i}:53`))}`],
    ['a resolver of ours', `${EARLIER}\n${questions('10.0.0.2:53')}`],
    ['HTTPS anywhere else', `${EARLIER}\n${questions('9.9.8.8:443', 'tcp')}`],
    ['questions that nobody answers', `${EARLIER}\n${questions('9.9.8.8:53').replaceAll(/\n\s+a 9\.9\.8\.8.*/g, '')}`],
    [
      'resets that answer a stranger',
      `${EARLIER}\n${questions('9.9.8.8:53', 'tcp').replaceAll('packets=4 bytes=280', 'packets=4 bytes=160')}`,
    ],
  ])('sees nothing in %s', async (_, lines) => {
    expect(await told(resolver, lines)).toEqual([]);
  });
});
