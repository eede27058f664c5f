/**
 * Messages to SNS topics. One message has a body for each kind of subscriber: people read e-mail, machines read JSON.
 */
import { PublishCommand, type PublishCommandInput, SNSClient } from '@aws-sdk/client-sns';
import type { Message } from '../notify/message.ts';
import { explained } from './errors.ts';
import { TIMEOUTS } from './timeouts.ts';

let shared: SNSClient | undefined;

function sharedSns(): SNSClient {
  shared ??= new SNSClient({ requestHandler: TIMEOUTS });
  return shared;
}

/** Publishes to the topic for e-mail and machines, with the message's attributes and the region for filter policies. */
export async function publishMessage(
  topic: string,
  message: Message,
  region: string,
  client: SNSClient = sharedSns(),
): Promise<void> {
  const { subject, email, machine, attributes } = message;
  const bodies = { default: email, email, sqs: machine, lambda: machine, http: machine, https: machine };
  await publish(client, {
    TopicArn: topic,
    Subject: subject,
    Message: JSON.stringify(bodies),
    MessageStructure: 'json',
    MessageAttributes: attributesOf({ ...attributes, region }),
  });
}

/** Publishes to the topic of Amazon Q Developer in chat applications, which drops whatever is not its schema. */
export async function publishChat(topic: string, message: Message, client: SNSClient = sharedSns()): Promise<void> {
  await publish(client, { TopicArn: topic, Message: message.chat });
}

function attributesOf(values: Readonly<Record<string, string>>): PublishCommandInput['MessageAttributes'] {
  return Object.fromEntries(
    Object.entries(values).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  );
}

async function publish(client: SNSClient, input: PublishCommandInput & { TopicArn: string }): Promise<void> {
  try {
    await client.send(new PublishCommand(input));
  } catch (error) {
    const resource = input.TopicArn;
    throw explained(error, { do: `publish to ${resource}`, permission: 'sns:Publish', resource });
  }
}
