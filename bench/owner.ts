import { PRIVATE_NETWORKS } from '../lib/flowlog/network.ts';
import { DEFAULT_SETTINGS, type Settings } from '../lib/settings.ts';
import type { Network } from '../lib/simulate/network.ts';

/** What the owner of a simulated network has to set: the /56 of its IPv6 addresses, which nobody else can know is theirs. */
export function ownerSettings({ hosts }: Network): Settings {
  const six = hosts.flatMap(({ address6 }) => (address6 === undefined ? [] : [`${address6}/56`]));
  return { ...DEFAULT_SETTINGS, ourNetworks: [...PRIVATE_NETWORKS, ...new Set(six)] };
}
