// How Chromium is told that names of a house and of the world lead to this machine, and to take certificates made for a run.
export const ARGS = ['--host-resolver-rules=MAP *.lan 127.0.0.1, MAP *.example.net 127.0.0.1, MAP *.example.org 127.0.0.1', '--ignore-certificate-errors'];
