using System.Diagnostics;
using System.Text.Json.Nodes;
using CogVideoX.Gpu;
using CogVideoX.Kernels.Launches;
using CogVideoX.Kernels.Tuning;
using CogVideoX.Pipelines.Reports;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Tuning;

namespace CogVideoX.GpuCheck.Parts;

/// <summary>
/// What <c>kernels bench --tune</c> does, at the shapes of a released model: each form right and timed, and the card's table, which goes
/// home with the results.
/// </summary>
internal static class TilesPart
{
    private const string Preset = "5b", TinyPreset = "tiny";
    private const int Rounds = 5, AnyMultiprocessors = 132, AnyArchitecture = 90;

    public static void Run(CheckOptions options)
    {
        var results = new Results(options.Out, "tiles");
        var clock = Stopwatch.StartNew();
        DType type = DType.BF16;
        IDeviceSource source = GpuDevices.Find(options.Device);
        using var forms = new FormBench(source.Open(), type);
        var choices = new List<(TileShape Shape, TileChoice Choice)>();
        foreach (TiledBench bench in Benches(options.IsTiny ? TinyPreset : Preset, type))
        {
            if (clock.Elapsed.TotalSeconds > options.Seconds || !Try(bench))
                break;
        }
        if (source is CardSource { Tiles.Card: { } card })
            new TileTableFile(card, options.Out).Write(new TileTable(choices));

        // False where the device is lost.
        bool Try(TiledBench bench)
        {
            try
            {
                TileChoice rule = bench.Rule(forms.Card);
                var errors = bench.Forms(forms.Card).ToDictionary(form => form, form => forms.ErrorOf(bench, form));
                TileChoice[] right = [.. errors.Where(pair => pair.Value <= TiledBench.AllowedError(type)).Select(pair => pair.Key)];
                var times = right.Zip(forms.Measure(bench, right, Rounds, CancellationToken.None)).ToDictionary();
                foreach ((TileChoice form, double error) in errors)
                    results.Add(Line(bench, form, error, times.TryGetValue(form, out double seconds) ? seconds : null, form == rule));
                if (TiledBench.Best(times, rule) is { } best)
                    choices.Add((bench.ShapeIn(type), best));
                return true;
            }
            catch (Exception exception)
            {
                results.Add(new JsonObject
                {
                    ["case"] = bench.Problem.Name,
                    ["sizes"] = bench.Problem.Shape,
                    ["ok"] = false,
                    ["failure"] = exception.Message,
                });
                return false;
            }
        }
    }

    private static IEnumerable<TiledBench> Benches(string preset, DType type)
    {
        var list = new LaunchListDevice(AnyArchitecture, AnyMultiprocessors);
        using var ops = new Ops(list, type);
        DryGeneration.Run(preset, ops);
        return list.Problems.Select(TiledBench.Of);
    }

    private static JsonObject Line(TiledBench bench, TileChoice form, double error, double? seconds, bool isRule) => new()
    {
        ["case"] = bench.Problem.Name,
        ["sizes"] = bench.Problem.Shape,
        ["form"] = form.ToString(),
        ["rule"] = isRule ? "rule" : "",
        ["relative"] = Results.Number(error),
        ["microseconds"] = seconds * 1e6,
        ["teraflops"] = bench.Flops / seconds / 1e12,
        ["ok"] = seconds is not null,
    };
}
