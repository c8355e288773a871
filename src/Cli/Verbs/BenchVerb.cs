using System.CommandLine;
using System.Text.Json;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Reports;

namespace CogVideoX.Cli.Verbs;

/// <summary><c>bench</c>: a whole run, and where its time goes.</summary>
internal static class BenchVerb
{
    public static Command Create(Terminal terminal)
    {
        Option<string?> model = CommonOptions.Model();
        var random = new RandomModelOptions();
        var request = new RequestOptions();
        var loras = new AdapterOptions();
        var places = new PlaceOptions();
        var device = new DeviceOptions();
        var parts = new PartOptions();
        Option<bool> json = CommonOptions.Json();
        Option<bool> tune = new("--tune")
        {
            Description = "Instead of a run, time the tiles that the CPU's products can have, and keep the fastest for this processor",
        };
        const string Description = "Measure a run end to end: seconds, FLOP/s and share of this machine's peak "
            + "for each stage and operation; no video is kept";
        var command = new Command("bench", Description) { model };
        random.AddTo(command);
        request.AddTo(command);
        loras.AddTo(command);
        places.AddTo(command);
        device.AddTo(command);
        parts.AddTo(command);
        command.Add(tune);
        command.Add(json);
        command.SetAction((parsed, cancellation) =>
        {
            if (parsed.GetValue(tune))
            {
                OnlyTuning(parsed, tune, device.Threads, json);
                return Task.FromResult(
                    new CpuTuning(terminal).Run(CommonOptions.CheckThreads(parsed.GetValue(device.Threads)), parsed.GetValue(json)));
            }
            ComputeOptions compute = parts.Over(device.Read(terminal, parsed, measure: true), parsed);
            LoraOptions adapters = loras.Read(parsed);
            using CogVideoXPipeline pipeline = random.Open(parsed, model, adapters, compute)
                ?? CogVideoXPipeline.Open(
                    CommonOptions.CheckModel(parsed.GetValue(model) ?? BundledModel.Path), compute, adapters, places.Read(parsed));
            BenchReport report = ProgressDisplay.Run(
                terminal, progress => BenchReport.Run(pipeline, RequestOptions.Read(parsed), Peak, progress, cancellation));
            if (parsed.GetValue(json))
                terminal.Output.WriteLine(JsonSerializer.Serialize(report, JsonStyle.Options));
            else
                Print(terminal.Output, report);
            return Task.FromResult(ExitCode.Done);

            // Another device's isn't known.
            double Peak() => compute.Device is null ? RunEstimate.PeakFlops(compute.Threads, compute.Products) / 1e9 : 0;
        });
        return command;
    }

    /// <exception cref="UsageException">An option that is about a run.</exception>
    private static void OnlyTuning(ParseResult parsed, params Option[] allowed)
    {
        foreach (Option option in parsed.CommandResult.Command.Options.Except(allowed))
        {
            if (parsed.GetResult(option) is { Implicit: false })
                throw new UsageException("--tune", $"it times tiles and runs nothing; leave {option.Name} out.");
        }
    }

    private static void Print(TextWriter output, BenchReport report)
    {
        output.WriteLine($"{report.Model}: {InspectVerb.Describe(report.Settings)}");
        output.WriteLine("                           calls   seconds  of stage       GFLOP   GFLOP/s  of peak");
        foreach (BenchStage stage in report.Stages)
        {
            PrintRow(output, stage.Stage, "", "", stage.Speed);
            foreach (BenchOperation operation in stage.Operations)
                PrintRow(output, $"  {operation.Name}", $"{operation.Calls}", Percent(operation.ShareOfStage), operation.Speed);
            double between = stage.Speed.Seconds - stage.Operations.Sum(operation => operation.Speed.Seconds);
            string share = Percent(between / stage.Speed.Seconds);
            output.WriteLine(FormattableString.Invariant($"  {"between operations",-22} {"",7} {between,9:F3} {share,9}"));
            string tokens = stage.Tokens > 0 ? $"{stage.Tokens} tokens; " : "";
            string memory = $"{ByteSize.ToText(stage.PeakBytes)} of tensors, {ByteSize.ToText(stage.WeightBytes)} of weights";
            output.WriteLine($"  {tokens}{memory}");
        }
        PrintRow(output, "whole run", "", "", report.Whole);
        foreach (string note in report.Notes)
            output.WriteLine($"note: {note}");
        output.WriteLine(
            FormattableString.Invariant($"{report.Device}: peak {report.PeakGigaflops:F0} GFLOP/s, multiply-adds on registers alone, ")
            + $"the best of before and after; peak memory of the process {ByteSize.ToText(report.PeakMemoryBytes)}");
    }

    private static void PrintRow(TextWriter output, string name, string calls, string share, Throughput speed) =>
        output.WriteLine(
            FormattableString.Invariant($"{name,-24} {calls,7} {speed.Seconds,9:F3} {share,9} {speed.Flops / 1e9,11:F2} ")
            + FormattableString.Invariant($"{speed.GigaflopsPerSecond,9:F1} {Percent(speed.ShareOfPeak),8}"));

    private static string Percent(double share) => FormattableString.Invariant($"{100 * share:F1} %");
}
