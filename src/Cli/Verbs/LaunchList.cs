using System.CommandLine;
using System.Globalization;
using CogVideoX.Kernels.Launches;
using CogVideoX.Pipelines.Checkpoints;
using CogVideoX.Pipelines.Reports;
using CogVideoX.Tensors;

namespace CogVideoX.Cli.Verbs;

/// <summary>
/// <c>kernels launches</c>: a line a launch of one block, and how many an evaluation of the transformer has. Copies without ILGPU don't
/// have it: the portable kernels are among what it lists.
/// </summary>
internal sealed class LaunchList(Terminal terminal)
{
    private const string DefaultCard = "h100";

    // Compute capability and multiprocessors, by which grids are chosen.
    private static readonly OrderedDictionary<string, (int Architecture, int Multiprocessors)> Known = new()
    {
        [DefaultCard] = (90, 132),
        ["a100"] = (80, 108),
        ["4090"] = (89, 128),
        ["3060"] = (86, 28),
    };

    // Of each operation that does more than one thing in a pass: what that saves.
    private static readonly Dictionary<string, string> Reasons = new()
    {
        ["layer_norm"] = "the norm, and shift and scale of each modality in the same pass: tokens are read once and written once",
        ["linear"] = "bias, activation, gate and residual where the sums are: no pass over the result",
        ["qk_norm_rope"] = "the norm of each head and the rotation in one pass over queries, or keys",
        ["attention"] = "scores and softmax stay on the chip: S² numbers a head are never in memory",
    };

    public static Command Create(Terminal terminal)
    {
        Option<bool> json = CommonOptions.Json();
        Option<string> preset = new("--preset")
        {
            Description = $"Architecture: {string.Join(", ", RandomCheckpoint.Presets)}",
            HelpName = "NAME",
            Required = true,
        };
        Option<string?> gpu = new("--gpu")
        {
            Description = $"The card, which needn't be there: {string.Join(", ", Known.Keys)} (default: {DefaultCard})",
            HelpName = "CARD",
        };
        preset.AcceptOnlyFromAmong([.. RandomCheckpoint.Presets]);
        gpu.AcceptOnlyFromAmong([.. Known.Keys]);
        var launches = new Command(
            "launches", "What one block of a model's transformer launches on a card in bf16, in its default size: counted, nothing is run")
        {
            preset, gpu, json,
        };
        launches.SetAction(parsed => new LaunchList(terminal).Print(
            parsed.GetRequiredValue(preset), parsed.GetValue(gpu) ?? DefaultCard, parsed.GetValue(json)));
        return launches;
    }

    private int Print(string preset, string card, bool json)
    {
        (int architecture, int multiprocessors) = Known[card];
        var device = new LaunchListDevice(architecture, multiprocessors);
        var parts = new Dictionary<string, PlannedLaunch[]>();
        DryEvaluation evaluation;
        using (var ops = new Ops(device, DType.BF16))
        {
            int before = 0;
            evaluation = DryEvaluation.Run(preset, ops, part =>
            {
                parts[part] = [.. device.Launches.Skip(before)];
                before = device.Launches.Count;
            });
        }
        PlannedLaunch[] block = parts[DryEvaluation.Block];
        int all = parts[DryEvaluation.Before].Length + evaluation.Blocks * block.Length + parts[DryEvaluation.Behind].Length;
        if (json)
        {
            var rows = block.Select(launch => new
            {
                launch.Operation,
                launch.Kernel,
                Grid = (int[])[launch.Grid.X, launch.Grid.Y, launch.Grid.Z],
                launch.Threads,
                launch.SharedBytes,
                launch.Sizes,
                launch.Fused,
                launch.Flops,
                launch.Bytes,
            });
            terminal.WriteJson(new { Preset = preset, Card = card, evaluation.Blocks, Launches = all, Block = rows });
            return ExitCode.Done;
        }
        Shape latents = evaluation.Latents;
        terminal.Output.WriteLine(
            $"{preset} in bf16 on {card} (sm_{architecture}, {multiprocessors} multiprocessors): latents {latents} of {evaluation.Frames} "
                + "frames, both rows of guidance");
        terminal.Output.WriteLine($"A block, of which there are {evaluation.Blocks}:");
        const string Columns = " #  operation: kernel, blocks × threads; sizes; what is done in the same pass";
        terminal.Output.WriteLine($"{Columns,-86}{"GFLOP",12}{"MB",10}");
        foreach ((int index, PlannedLaunch launch) in block.Index())
            Print(index + 1, launch);
        terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{block.Length} launches a block: {block.Sum(launch => launch.Flops) / 1e12:F2} TFLOP, "
                + $"{block.Sum(launch => launch.Bytes) / 1e9:F2} GB of operands and results"));
        terminal.Output.WriteLine(
            $"{all} an evaluation: {parts[DryEvaluation.Before].Length} before the blocks, {evaluation.Blocks} × {block.Length}, "
                + $"{parts[DryEvaluation.Behind].Length} behind them");
        terminal.Output.WriteLine("Why operations are fused:");
        foreach (string operation in block.Select(launch => launch.Operation).Distinct().Where(Reasons.ContainsKey))
            terminal.Output.WriteLine($"  {operation}: {Reasons[operation]}");
        return ExitCode.Done;
    }

    private void Print(int index, PlannedLaunch launch)
    {
        string grid = string.Join("×", ((int[])[launch.Grid.X, launch.Grid.Y, launch.Grid.Z]).Where((count, i) => i == 0 || count > 1));
        string shared = launch.SharedBytes == 0
            ? "" : string.Create(CultureInfo.InvariantCulture, $", {launch.SharedBytes / 1024.0:0.#} KB shared");
        terminal.Output.WriteLine($"{index,2}  {launch.Operation}: {launch.Kernel}, {grid} × {launch.Threads}{shared}");
        string fused = launch.Fused.Length == 0 ? "" : $"; {launch.Fused}";
        string work = launch.Flops == 0
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"{launch.Flops / 1e9,12:F2} {launch.Bytes / 1e6,9:F1}");
        terminal.Output.WriteLine($"    {launch.Sizes + fused,-82}{work}".TrimEnd());
    }
}
