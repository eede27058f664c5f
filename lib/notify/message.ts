/**
 * A message in all the forms it is sent in; who publishes it takes those that his receivers read.
 */
import type { Threshold } from '../findings/budget.ts';
import type { Finding } from '../findings/finding.ts';
import { chatOf } from './chat.ts';
import { emailOf, subjectOf } from './email.ts';
import type { News } from './incident-state.ts';
import { findingLetter, type Letter } from './letter.ts';
import { machineOf } from './machine.ts';
import { slackOf } from './slack.ts';
import { accountText, plain } from './wording.ts';

export interface Message {
  /** ASCII, at most 99 characters. */
  readonly subject: string;
  /** Plain text for people. */
  readonly email: string;
  /** JSON text for machines. */
  readonly machine: string;
  /** JSON text, a custom notification of Amazon Q Developer in chat applications. */
  readonly chat: string;
  /** JSON text, the body of a POST to a Slack webhook. */
  readonly slack: string;
  /** Message attributes, by which subscribers filter; whoever publishes adds the region. */
  readonly attributes: { readonly type: string; readonly severity: string; readonly account: string };
}

/** Sends a message on its way; throws when it could not, and is then asked again. */
export type Publish = (message: Message) => Promise<void>;

/** The message of a finding; the threshold is that of its behaviour on this network. */
export function findingMessage(finding: Finding, news: News, threshold: Threshold): Message {
  const attributes = {
    type: plain(finding.type, 64),
    severity: finding.severity,
    account: accountText(finding.account),
  };
  return messageOf(findingLetter(finding, news, threshold), machineOf(finding, news, threshold), attributes);
}

export function messageOf(letter: Letter, machine: string, attributes: Message['attributes']): Message {
  return {
    subject: subjectOf(letter),
    email: emailOf(letter),
    machine,
    chat: chatOf(letter),
    slack: slackOf(letter),
    attributes,
  };
}
