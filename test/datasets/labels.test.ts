import { describe, expect, it } from 'vitest';
import { type Classifier, cic, cidds, ctu13, iot23, netflowSets, ugr16, unswNb15 } from '../../lib/datasets/labels.ts';

const SETS: readonly (readonly [
  name: string,
  classOf: Classifier,
  words: readonly (readonly [string, string | undefined])[],
])[] = [
  [
    'CTU-13',
    ctu13,
    [
      ['flow=From-Botnet-V47-TCP-Attempt-SPAM', 'other-attack'],
      ['flow=From-Botnet-V47-TCP-CC73-Not-Encrypted', 'command-and-control'],
      ['flow=From-Botnet-V42-TCP-CC6-Plain-HTTP-Encrypted-Data', 'command-and-control'],
      ['flow=From-Botnet-V51-UDP-DDoS', 'denial-of-service'],
      ['flow=From-Botnet-V47-UDP-DNS', 'unlabelled'],
      ['flow=From-Botnet-V47-TCP-Established-HTTP-Ad-62', 'other-attack'],
      ['flow=To-Background-UDP-CVUT-DNS-Server', 'unlabelled'],
      ['flow=From-Normal-V47-Grill', 'benign'],
      ['flow=Normal-V47-HTTP-windowsupdate', 'benign'],
      ['flow=Mystery', undefined],
    ],
  ],
  [
    'IoT-23',
    iot23,
    [
      ['Benign', 'benign'],
      ['benign', 'benign'],
      ['PartOfAHorizontalPortScan', 'scan'],
      ['C&C-PartOfAHorizontalPortScan', 'scan'],
      ['PartOfAHorizontalPortScan-Attack', 'scan'],
      ['DDoS', 'denial-of-service'],
      ['C&C', 'command-and-control'],
      ['C&C-HeartBeat-FileDownload', 'command-and-control'],
      ['C&C-Torii', 'command-and-control'],
      ['Attack', 'other-attack'],
      ['Okiru-Attack', 'other-attack'],
      ['FileDownload', 'other-attack'],
      ['Malicious', 'other-attack'],
      ['Strange', undefined],
    ],
  ],
  [
    'CIC',
    cic,
    [
      ['BENIGN', 'benign'],
      ['PortScan', 'scan'],
      ['Infiltration - Portscan', 'scan'],
      ['Infiltration - NMAP Portscan', 'scan'],
      ['FTP-Patator', 'brute-force'],
      ['SSH-Bruteforce', 'brute-force'],
      ['Web Attack \ufffd Brute Force', 'brute-force'],
      ['Brute Force -Web', 'brute-force'],
      ['Brute Force -XSS', 'other-attack'],
      ['Web Attack \u2013 Sql Injection', 'other-attack'],
      ['DoS slowloris', 'denial-of-service'],
      ['DoS attacks-SlowHTTPTest', 'denial-of-service'],
      ['DDOS attack-LOIC-UDP', 'denial-of-service'],
      ['DDoS', 'denial-of-service'],
      ['Heartbleed', 'other-attack'],
      ['Infilteration', 'other-attack'],
      ['Bot', 'command-and-control'],
      ['Botnet Ares', 'command-and-control'],
      ['DoS Hulk - Attempted', 'unlabelled'],
      ['DOSsier', undefined],
    ],
  ],
  [
    'UNSW-NB15',
    unswNb15,
    [
      [' Reconnaissance ', 'scan'],
      ['Normal', 'benign'],
      ['DoS', 'denial-of-service'],
      ['Backdoors', 'other-attack'],
      [' Fuzzers', 'other-attack'],
      ['no category', undefined],
    ],
  ],
  [
    'NF',
    netflowSets,
    [
      ['Benign', 'benign'],
      ['Theft', 'exfiltration'],
      ['scanning', 'scan'],
      ['password', 'brute-force'],
      ['ddos', 'denial-of-service'],
      ['DDoS_attacks-LOIC-HTTP', 'denial-of-service'],
      ['SSH-Bruteforce', 'brute-force'],
      ['Exploits', 'other-attack'],
      ['else', undefined],
    ],
  ],
  [
    'CIDDS',
    cidds,
    [
      ['normal', 'benign'],
      ['suspicious', 'unlabelled'],
      ['portScan', 'scan'],
      ['pingScan', 'scan'],
      ['bruteForce', 'brute-force'],
      ['dos', 'denial-of-service'],
      ['---', undefined],
    ],
  ],
  [
    "UGR'16",
    ugr16,
    [
      ['background', 'unlabelled'],
      ['scan44', 'scan'],
      ['anomaly-sshscan', 'scan'],
      ['anomaly-spam', 'other-attack'],
      ['nerisbotnet', 'other-attack'],
      ['dos', 'denial-of-service'],
      ['scan12', undefined],
    ],
  ],
];

describe.each(SETS)('labels of %s', (_, classOf, words) => {
  it.each(words)('%s is %s', (word, label) => {
    expect(classOf(word)).toBe(label);
    // Asked again it is the same.
    expect(classOf(word)).toBe(label);
  });
});
