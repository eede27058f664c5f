import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { publishChat, publishMessage } from '../../lib/aws/topic.ts';
import { MESSAGE } from './message.ts';

const client = new SNSClient({ region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
const sns = mockClient(client);
const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:alerts';

function published() {
  return sns.commandCalls(PublishCommand).map(({ args }) => args[0].input);
}

beforeEach(() => {
  sns.reset();
  sns.on(PublishCommand).resolves({});
});

describe('a message to the topic', () => {
  it('has a body for people and one for machines', async () => {
    await publishMessage(TOPIC, MESSAGE, 'eu-west-1', client);
    const [{ TopicArn, Subject, MessageStructure, Message }] = published();
    expect({ TopicArn, Subject, MessageStructure }).toEqual({
      TopicArn: TOPIC,
      Subject: MESSAGE.subject,
      MessageStructure: 'json',
    });
    const { email, machine } = MESSAGE;
    expect(JSON.parse(Message!)).toEqual({
      default: email,
      email,
      sqs: machine,
      lambda: machine,
      http: machine,
      https: machine,
    });
  });

  it('has attributes for filter policies, with the region', async () => {
    await publishMessage(TOPIC, MESSAGE, 'eu-west-1', client);
    expect(published()[0].MessageAttributes).toEqual({
      type: { DataType: 'String', StringValue: 'beacon' },
      severity: { DataType: 'String', StringValue: 'high' },
      account: { DataType: 'String', StringValue: '111122223333' },
      region: { DataType: 'String', StringValue: 'eu-west-1' },
    });
  });

  it('says which permission publishing needs', async () => {
    sns.on(PublishCommand).rejects(Object.assign(new Error('no'), { name: 'AuthorizationError' }));
    await expect(publishMessage(TOPIC, MESSAGE, 'eu-west-1', client)).rejects.toThrow(`allow sns:Publish on ${TOPIC}`);
  });
});

describe('a message to chat', () => {
  it('is nothing but what the chat client knows', async () => {
    await publishChat(TOPIC, MESSAGE, client);
    expect(published()).toEqual([{ TopicArn: TOPIC, Message: MESSAGE.chat }]);
  });
});
