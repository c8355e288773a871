using System.CommandLine;
using System.Text.Json;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Reports;

namespace CogVideoX.Cli.Verbs;

/// <summary><c>inspect</c>: what a checkpoint is, and what a request would take.</summary>
internal static class InspectVerb
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> model = CommonOptions.PathArgument<string>("model");
        (model.Description, model.DefaultValueFactory) = ("Folder of the checkpoint (default: the bundled shapes)", _ => BundledModel.Path);
        var request = new RequestOptions();
        Option<bool> json = CommonOptions.Json();
        var command = new Command(
            "inspect", "Show components, parameters, types, default size and frames, and the memory that a request takes")
        {
            model,
        };
        request.AddTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            var report = ModelReport.Read(CommonOptions.CheckModel(parsed.GetRequiredValue(model), "model"), request.Read(parsed));
            if (parsed.GetValue(json))
                terminal.Output.WriteLine(JsonSerializer.Serialize(report, JsonStyle.Options));
            else
                Print(terminal.Output, report);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Print(TextWriter output, ModelReport report)
    {
        output.WriteLine($"{report.Path}: {report.PipelineClass}{(report.Release is { } name ? $", the architecture of {name}" : "")}");
        foreach (ComponentReport component in report.Components)
        {
            string types = string.Join(", ", component.ParametersByType.Select(entry => entry.Key));
            string files = Words.Count(component.Files.Count, "file");
            output.WriteLine(
                FormattableString.Invariant($"  {component.Name,-13} {component.Parameters / 1e6,10:N2} M parameters ")
                + $"{ByteSize.ToText(component.Bytes),10}  {types,-6} {files,-8} {component.ClassName}");
        }
        foreach (string problem in report.Unsupported)
            output.WriteLine($"  not supported: {problem}");
        if (report.Plan is { } plan)
            PrintPlan(output, plan);
    }

    private static void PrintPlan(TextWriter output, GenerationPlan plan)
    {
        output.WriteLine($"A run: {Describe(plan.Settings)}");
        foreach (StagePlan stage in plan.Stages)
        {
            output.WriteLine(
                $"  {stage.Stage.ToString().ToLowerInvariant(),-13} {ByteSize.ToText(stage.ActivationBytes),10} of tensors, "
                + $"{ByteSize.ToText(stage.WeightBytes)} of weights (mapped), {Work(stage.Flops)}");
        }
        string held = ByteSize.ToText(plan.PeakBytes), free = ByteSize.ToText(plan.FreeBytes);
        output.WriteLine($"  the whole run holds up to {held}, the finished video included; {free} are free.");
        foreach (string warning in plan.Warnings)
            output.WriteLine($"  note: {warning}");
    }

    private static string Work(double flops) =>
        flops >= 1e12 ? FormattableString.Invariant($"{flops / 1e12:F2} TFLOP") : FormattableString.Invariant($"{flops / 1e9:F2} GFLOP");

    public static string Describe(GenerationSettings settings)
    {
        double rate = settings.Rate.Numerator / (double)settings.Rate.Denominator;
        string size = FormattableString.Invariant($"{settings.Width}×{settings.Height} at {rate:0.###} a second");
        string steps = $"{Words.Count(settings.Steps, "step")} of {settings.Sampler.ToString().ToLowerInvariant()}";
        string guidance = FormattableString.Invariant($"guidance {settings.GuidanceScale}{(settings.DynamicGuidance ? " (dynamic)" : "")}");
        string noise = $"seed {settings.Seed}, noise in {settings.Dtype.ToString().ToLowerInvariant()}";
        string tiles = settings.VaeTiling == TilingMode.On ? ", decoded in tiles" : "";
        return $"{Words.Count(settings.Frames, "frame")} of {size}, {steps}, {guidance}, {noise}{tiles}";
    }
}
