using System.CommandLine;
using System.Globalization;
using CogVideoX.Emulator;
using CogVideoX.Gpu;
using CogVideoX.Kernels.Launches;
using CogVideoX.Kernels.Tuning;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Checkpoints;
using CogVideoX.Pipelines.Reports;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Tuning;

namespace CogVideoX.Cli.Verbs.Tuning;

/// <summary>
/// <c>kernels bench</c>: which form of an operation is the fastest at a shape, and is each right. Copies without ILGPU don't have it.
/// </summary>
internal sealed class KernelBench
{
    private const string DefaultPreset = "2b", DefaultCard = "h100", EmulatorName = "emulator";
    private const int DefaultRounds = 9, MostRounds = 1000;
    private const int AnyArchitecture = 80, AnyMultiprocessors = 108; // shapes don't depend on the card
    private static readonly string Cards = string.Join('|', CardRates.All.Select(card => card.Name));
    private static readonly Dictionary<string, TiledOperation> Operations =
        Enum.GetValues<TiledOperation>().ToDictionary(TiledProblem.NameOf);

    private readonly Argument<string?> operation = new("operation")
    {
        Description = $"Which: {string.Join(", ", Operations.Keys)} (default: all)",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> preset = new("--preset")
    {
        Description = $"The shapes of a model, text encoder and VAE with it: {string.Join(", ", RandomCheckpoint.Presets)} "
            + $"(default: {DefaultPreset})",
        HelpName = "NAME",
    };

    private readonly Option<string?> shape = new("--shape")
    {
        Description = "One shape of the operation in place of a model's, as kernels profile takes it",
        HelpName = "SHAPE",
    };

    private readonly Option<string?> type = new("--type") { Description = "Of its operands (default: bf16)", HelpName = "bf16|fp16" };

    private readonly Option<string?> device = new("--device")
    {
        Description = $"Where: a card, or {EmulatorName}, which predicts a card's times (default: the first card with CUDA, else "
            + $"{EmulatorName})",
        HelpName = $"gpu|gpu:N|{EmulatorName}",
    };

    private readonly Option<string?> gpu = new("--gpu")
    {
        Description = $"The card whose times {EmulatorName} predicts (default: {DefaultCard})",
        HelpName = Cards,
    };

    private readonly Option<int?> rounds = new("--rounds")
    {
        Description = string.Create(CultureInfo.InvariantCulture, $"How often a card times each form (default: {DefaultRounds})"),
        HelpName = "N",
    };

    private readonly Option<bool> tune = new("--tune")
    {
        Description = "Keep the fastest form of each shape in the card's table, which runs on that card use from then on",
    };

    private readonly Option<bool> json = CommonOptions.Json();
    private readonly Terminal terminal;

    private KernelBench(Terminal terminal)
    {
        this.terminal = terminal;
        type.AcceptOnlyFromAmong("bf16", "fp16");
        preset.AcceptOnlyFromAmong([.. RandomCheckpoint.Presets]);
        gpu.AcceptOnlyFromAmong([.. CardRates.All.Select(card => card.Name)]);
    }

    /// <summary>The verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var bench = new KernelBench(terminal);
        var command = new Command(
            "bench", "Times of each form of an operation that has a choice of tiles, after each was seen to be right; 1 when one is wrong")
        {
            bench.operation, bench.preset, bench.shape, bench.type, bench.device, bench.gpu, bench.rounds, bench.tune, bench.json,
        };
        command.SetAction((parsed, cancellation) => Task.FromResult(bench.Run(parsed, cancellation)));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellation)
    {
        DType activations = parsed.GetValue(type) == "fp16" ? DType.F16 : DType.BF16;
        IReadOnlyList<TiledBench> shapes = Shapes(parsed, activations);
        using IFormTimes times = Times(parsed, activations, cancellation);
        var file = new TileTableFile(times.Card);
        (TileTable table, string? problem) = file.Read();
        if (problem is not null)
            terminal.Say(problem);
        bool asJson = parsed.GetValue(json);
        var found = new List<BenchedShape>();
        var choices = new List<(TileShape Shape, TileChoice Choice)>();
        if (!asJson)
            terminal.Output.WriteLine(times.Title);
        foreach (TiledBench bench in shapes)
        {
            (BenchedShape answer, TileChoice? best) = Bench(bench, activations, times, table, cancellation);
            found.Add(answer);
            if (best is not null)
                choices.Add((bench.ShapeIn(activations), best.Value));
            if (!asJson)
                BenchTable.Write(terminal.Output, answer, times.Card.IsPredicted);
            foreach (BenchedForm wrong in answer.Forms.Where(form => !form.Right))
            {
                terminal.Say(
                    $"cogvideox: {answer.Operation} {answer.Shape}: {new TileChoice(wrong.Tile, wrong.Parts)} is "
                        + BenchTable.Wrong(wrong, TiledBench.AllowedError(activations)));
            }
        }
        if (parsed.GetValue(tune))
            Keep(file, table, new TileTable(choices));
        if (asJson)
            terminal.WriteJson(new { Card = times.Card.Name, Predicted = times.Card.IsPredicted, Shapes = found });
        return found.All(answer => answer.IsRight) ? ExitCode.Done : ExitCode.Failed;
    }

    private static (BenchedShape Answer, TileChoice? Best) Bench(
        TiledBench bench, DType type, IFormTimes times, TileTable table, CancellationToken cancellation)
    {
        IReadOnlyList<TileChoice> forms = bench.Forms(times.TileCard);
        double[] errors = [.. forms.Select(form => times.ErrorOf(bench, form))];
        TileChoice[] right = [.. forms.Where((_, form) => errors[form] <= TiledBench.AllowedError(type))];
        var seconds = right.Zip(times.Seconds(bench, right, cancellation)).ToDictionary();
        var results = forms.Zip(errors, (form, error) => (form, error, seconds.TryGetValue(form, out double took) ? took : (double?)null));
        TileChoice rule = bench.Rule(times.TileCard);
        var answer = BenchedShape.Of(bench, type, [.. results], rule, table.Find(bench.ShapeIn(type)), times.Peak);
        return (answer, TiledBench.Best(seconds, rule));
    }

    private void Keep(TileTableFile file, TileTable table, TileTable choices)
    {
        TileTable kept = table.With(choices);
        file.Write(kept);
        terminal.Say($"kept {Counted.Of(choices.Count, "choice")} in {file.Path}, which has {kept.Count}.");
    }

    /// <exception cref="UsageException">Options that don't go together, or a shape that has no choice.</exception>
    private IReadOnlyList<TiledBench> Shapes(ParseResult parsed, DType activations)
    {
        string? name = parsed.GetValue(operation), given = parsed.GetValue(shape);
        if (name is not null && !Operations.ContainsKey(name))
            throw new UsageException("operation", $"'{name}' has no choice of tiles; choose from {string.Join(", ", Operations.Keys)}.");
        if (given is null)
            return OfPreset(parsed.GetValue(preset) ?? DefaultPreset, activations, name);
        if (parsed.GetValue(preset) is not null)
            throw new UsageException("--shape", "it stands for a model's shapes; leave --preset out.");
        if (name is null)
            throw new UsageException("--shape", $"name the operation that it is a shape of: {string.Join(", ", Operations.Keys)}.");
        return [OfShape(new TiledProblem(Operations[name], ProfiledOperation.Find(name).Parse(given)), activations)];
    }

    // Run dry, which counts bytes and CTAs, before anything heavy begins.
    private static TiledBench OfShape(TiledProblem problem, DType activations)
    {
        var list = new LaunchListDevice(AnyArchitecture, AnyMultiprocessors);
        using var ops = new Ops(list, activations);
        using MemoryScope scope = ops.Scope();
        try
        {
            TiledBench bench = TiledBench.Of(problem);
            bench.Run(ops, [.. bench.Operands.Select(operand => ops.Memory.Empty(operand.Shape, activations))]);
            return list.Problems.Any()
                ? bench
                : throw new UsageException("--shape", $"{problem.Name} at {problem.Shape}: it is too large for kernels of our compiler.");
        }
        catch (Exception exception) when (exception is TensorException or OverflowException or OutOfMemoryException)
        {
            string message = exception is TensorException ? exception.Message : $"{problem.Name} at {problem.Shape}: {exception.Message}";
            throw new UsageException("--shape", message, exception);
        }
    }

    private static IReadOnlyList<TiledBench> OfPreset(string preset, DType activations, string? name)
    {
        var list = new LaunchListDevice(AnyArchitecture, AnyMultiprocessors);
        using var ops = new Ops(list, activations);
        DryGeneration.Run(preset, ops);
        return [.. list.Problems.Where(problem => name is null || Operations[name] == problem.Operation).Select(TiledBench.Of)];
    }

    /// <exception cref="UsageException">Options that don't go together, or no such device.</exception>
    private IFormTimes Times(ParseResult parsed, DType activations, CancellationToken cancellation)
    {
        string name = parsed.GetValue(device) ?? (CudaDriver.IsThere() && GpuDevices.Best() is { } best ? best.Name : EmulatorName);
        if (name == EmulatorName)
        {
            if (parsed.GetValue(rounds) is not null)
            {
                throw new UsageException(
                    "--rounds", $"{EmulatorName} times nothing, it counts; leave it out, or name a card with --device.");
            }
            if (parsed.GetValue(gpu) is null && parsed.GetValue(tune))
            {
                throw new UsageException(
                    "--tune", $"no card is measured here; name the one whose table of predictions is meant: --gpu {Cards}.");
            }
            return new PredictedTimes(CardRates.Find(parsed.GetValue(gpu) ?? DefaultCard)!, activations, cancellation);
        }
        if (parsed.GetValue(gpu) is not null)
            throw new UsageException("--gpu", $"{name} is measured as it is; --gpu is for --device {EmulatorName}.");
        int count = parsed.GetValue(rounds) ?? DefaultRounds;
        if (count is < 1 or > MostRounds)
            throw new UsageException("--rounds", $"{count} rounds can't be; choose from 1 to {MostRounds}.");
        try
        {
            IDeviceSource source = GpuDevices.Find(name);
            return source is CardSource { Tiles.Card: { } card }
                ? new MeasuredTimes(source, card, activations, count)
                : throw new UsageException(device.Name, $"{name} has no choice of tiles; choose a card with CUDA, or {EmulatorName}.");
        }
        catch (DeviceException exception)
        {
            throw new UsageException(device.Name, exception.Message, exception);
        }
    }
}
