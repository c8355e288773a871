using System.CommandLine;
using System.Text.Json;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;
using CogVideoX.Pipelines.Reports;

namespace CogVideoX.Cli.Verbs;

/// <summary><c>inspect</c>: what a checkpoint is, and what a request would take; what its latents look like; or what a LoRA is.</summary>
internal static class InspectVerb
{
    private const int MostKeys = 10; // of a LoRA that are listed, where they can't be read

    public static Command Create(Terminal terminal)
    {
        Argument<string> model = CommonOptions.PathArgument<string>("model");
        (model.Description, model.DefaultValueFactory) = (
            "The checkpoint, its folder or its name in the Hugging Face cache; or a LoRA, its file or folder "
                + "(default: the bundled shapes)", _ => BundledModel.Path);
        var request = new RequestOptions();
        var loras = new AdapterOptions();
        var places = new PlaceOptions();
        var parts = new PartOptions();
        var device = new DeviceOptions();
        Option<bool> json = CommonOptions.Json();
        var gpu = new Option<string?>("--gpu")
        {
            HelpName = "CARD[:SIZE]",
            Description = "Plan for a graphics card, which needn't be there, with its own memory or another, such as 4090:16GB: "
                + $"{string.Join(", ", ModelReport.Cards)} (default: this CPU)",
        };
        var preview = new FitPreviewOptions(json);
        var command = new Command(
            "inspect", "Show components, parameters, types, default size and frames, and the memory that a request takes")
        {
            model,
        };
        request.AddTo(command);
        loras.AddTo(command);
        places.AddTo(command);
        command.Add(CommonOptions.Cache());
        command.Add(gpu);
        command.Add(device.Compute);
        parts.AddTo(command);
        preview.AddTo(command);
        command.Add(json);
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(parsed, cancellation)));
        return command;

        int Run(ParseResult parsed, CancellationToken cancellation)
        {
            if (preview.IsAsked(parsed))
                return preview.Run(terminal, parsed, CommonOptions.CheckModel(parsed.GetRequiredValue(model), "model"), cancellation);
            if (WeightsReport.IsFor(parsed.GetRequiredValue(model)))
            {
                var weights = WeightsReport.Read(parsed.GetRequiredValue(model));
                if (parsed.GetValue(json))
                    terminal.Output.WriteLine(JsonSerializer.Serialize(weights, JsonStyle.Options));
                else
                    Print(terminal.Output, weights);
                return ExitCode.Done;
            }
            if (LoraReport.IsFor(parsed.GetRequiredValue(model)))
            {
                var lora = LoraReport.Read(parsed.GetRequiredValue(model));
                if (parsed.GetValue(json))
                    terminal.Output.WriteLine(JsonSerializer.Serialize(lora, JsonStyle.Options));
                else
                    Print(terminal.Output, lora);
                return ExitCode.Done;
            }
            string folder = CommonOptions.CheckModel(parsed.GetRequiredValue(model), "model");
            var report = ModelReport.Read(
                folder, RequestOptions.Read(parsed), parsed.GetValue(gpu), loras.Read(parsed),
                parts.Over(device.TypeOnly(parsed), parsed), places.Read(parsed));
            if (parsed.GetValue(json))
                terminal.Output.WriteLine(JsonSerializer.Serialize(report, JsonStyle.Options));
            else
                Print(terminal.Output, report);
            return ExitCode.Done;
        }
    }

    private static void Print(TextWriter output, ModelReport report)
    {
        output.WriteLine($"{report.Path}: {report.PipelineClass}{(report.Release is { } name ? $", the architecture of {name}" : "")}");
        foreach (ComponentReport component in report.Components)
        {
            string types = string.Join(", ", component.ParametersByType.Select(entry => entry.Key));
            string files = Counted.Of(component.Files.Count, "file");
            output.WriteLine(
                FormattableString.Invariant($"  {component.Name,-13} {component.Parameters / 1e6,10:N2} M parameters ")
                + $"{ByteSize.ToText(component.Bytes),10}  {types,-6} {files,-8} {component.ClassName}");
        }
        foreach (PartReport part in report.OtherParts)
            output.WriteLine($"  {part.Name,-13} {part.Problem ?? part.ClassName}");
        foreach (string problem in report.Unsupported)
            output.WriteLine($"  not supported: {problem}");
        if (report.Plan is { } plan)
            PrintPlan(output, plan);
    }

    private static void Print(TextWriter output, WeightsReport weights)
    {
        foreach (WeightsFileReport file in weights.Files)
        {
            string part = file.Part?.Replace('_', ' ') ?? "part that isn't known", types = string.Join(", ", file.ParametersByType.Keys);
            string layouts = file.Layouts.Count == 0 ? "" : $", {string.Join(", ", file.Layouts.Distinct())}";
            output.WriteLine($"{file.Path}: the {part} of {file.Release ?? "a model"}, {file.Format}{layouts}");
            output.WriteLine(
                FormattableString.Invariant($"  {file.Parameters / 1e6:N2} M parameters, {ByteSize.ToText(file.Bytes)}, {types}"));
        }
        string[] options = [.. weights.Files.Where(file => file.Part is not null)
            .Select(file => $"--{file.Part!.Replace('_', '-')} {Shell.Quote(weights.Path)}")];
        if (options.Length == 0)
            return;
        output.WriteLine("  It is no whole model. With the folder of one that has the other parts and the tokenizer, it runs:");
        output.WriteLine($"  cogvideox generate PROMPT --model FOLDER {string.Join(' ', options)}");
    }

    private static void Print(TextWriter output, LoraReport lora)
    {
        string factor = AppliedLora.Range(lora.LeastFactor, lora.LargestFactor);
        IEnumerable<string> targets = lora.Targets.Select(target => $"{Printable.Line(target.Key)} ({target.Value})");
        output.WriteLine($"{lora.Path}: a LoRA, {ByteSize.ToText(lora.Bytes)} in {string.Join(", ", lora.Types)}");
        output.WriteLine($"  {lora.Rank}, {lora.Alpha}; factor {factor} at scale 1");
        output.WriteLine($"  {Counted.Of(lora.Targets.Values.Sum(), "layer")}: {string.Join(", ", targets)}");
        if (lora.Width is { } width)
            output.WriteLine($"  for a transformer of width {width}{(lora.Models is { } models ? $", as {models} has" : "")}");
        if (lora.BaseWeights > 0)
            output.WriteLine($"  beside it, and ignored: {Counted.Of(lora.BaseWeights, "weight")} that it was trained over");
        foreach (string key in lora.Unread.Take(MostKeys))
            output.WriteLine($"  not read: {Printable.Line(key)}");
        if (lora.Unread.Count > MostKeys)
            output.WriteLine($"  not read: {lora.Unread.Count - MostKeys} keys more");
    }

    private static void PrintPlan(TextWriter output, GenerationPlan plan)
    {
        output.WriteLine($"A run{(plan.Device is { } device ? $" on {device}" : "")}: {Describe(plan.Settings)}");
        foreach (StagePlan stage in plan.Stages)
        {
            output.WriteLine(
                $"  {stage.Stage,-13} {ByteSize.ToText(stage.ActivationBytes),10} of tensors, "
                + $"{Weights(stage)}, {Work(stage.Flops)}");
        }
        string held = ByteSize.ToText(plan.PeakBytes), free = ByteSize.ToText(plan.FreeBytes);
        output.WriteLine($"  the whole run holds up to {held}; {free} are {(plan.Device is null ? "free" : "there")}.");
        foreach (string note in plan.Notes.Concat(plan.Warnings))
            output.WriteLine($"  note: {note}");
    }

    private static string Weights(StagePlan stage) => stage.ResidentBytes == 0
        ? $"{ByteSize.ToText(stage.WeightBytes)} of weights (mapped)"
        : $"{ByteSize.ToText(stage.WeightBytes)} of weights ({ByteSize.ToText(stage.ResidentBytes)} held{Streamed(stage)})";

    private static string Streamed(StagePlan stage) => stage.StreamedBytes == 0
        ? ""
        : $", {ByteSize.ToText(stage.StreamedBytes)} copied {(stage.Stage == GenerationStage.Sample ? "a step" : "a prompt")}";

    private static string Work(double flops) =>
        flops >= 1e12 ? FormattableString.Invariant($"{flops / 1e12:F2} TFLOP") : FormattableString.Invariant($"{flops / 1e9:F2} GFLOP");

    /// <summary>Decided settings in a line.</summary>
    public static string Describe(GenerationSettings settings)
    {
        FrameRate fps = settings.Rate.Decided();
        double rate = fps.Numerator / (double)fps.Denominator;
        string size = FormattableString.Invariant($"{settings.Width}×{settings.Height} at {rate:0.###} a second");
        string steps = $"{Counted.Of(settings.Steps.Decided(), "step")} of {Word(settings.Sampler)}";
        string dynamic = settings.DynamicGuidance == true ? " (dynamic)" : "";
        string guidance = FormattableString.Invariant($"guidance {settings.GuidanceScale}{dynamic}");
        string noise = $"seed {settings.Seed}, noise in {Word(settings.Dtype)}";
        string tiles = settings.VaeTiling == TilingMode.On ? ", decoded in tiles" : "";
        string cache = settings.Cache is { Kind: not StepCacheKind.None } caching ? $", cache {caching}" : "";
        if (settings.Strength is { } strength)
            steps += FormattableString.Invariant($" at strength {strength}");
        return $"{Counted.Of(settings.Frames.Decided(), "frame")} of {size}, {steps}, {guidance}, {noise}{tiles}{cache}";
    }

    private static string? Word<T>(T? value) where T : struct, Enum => value is { } word ? SettingValue.ToText(word) : null;
}
