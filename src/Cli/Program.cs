using CogVideoX.Cli;

var terminal = Terminal.OfProcess();
using var interruption = new Interruption(terminal);
return await CommandLine.RunAsync(args, terminal, interruption);
