import type { Message } from '../../lib/notify/message.ts';

export const MESSAGE: Message = {
  subject: 'high: 10.0.0.5 calls 203.0.113.9 at regular times',
  email: 'A host of yours calls one place again and again.',
  machine: '{"type":"beacon"}',
  chat: '{"version":"1.0","source":"custom","content":{"description":"beacon"}}',
  slack: '{"text":"beacon"}',
  attributes: { type: 'beacon', severity: 'high', account: '111122223333' },
};
