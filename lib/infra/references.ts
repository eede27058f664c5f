/**
 * References of a template in words: `<Bucket.Arn>`, `<AWS::Partition>`.
 */

/** JSON of a resolved value for people: references are `<AWS::AccountId>`. */
export function withReferencesShown(value: unknown): string {
  const isReference = (part: unknown) => /^(Ref|Fn::\w+)$/.test(Object.keys(Object(part)).join());
  return JSON.stringify(value, (_, part) => (isReference(part) ? flattened(part) : part));
}

/** A resolved text with its references, as cdk-nag writes them in its findings. */
export function flattened(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[name, inner]] = Object.entries(value as Record<string, unknown>);
  if (name === 'Ref') return `<${inner}>`;
  if (name === 'Fn::GetAtt') return `<${(inner as string[]).join('.')}>`;
  if (name === 'Fn::Join') {
    const [separator, parts] = inner as [string, unknown[]];
    return parts.map(flattened).join(separator);
  }
  // Any other function is no reference, so that a finding of the rules that has one stays unacknowledged.
  return '';
}
