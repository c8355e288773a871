using System.Diagnostics;
using System.Text.Json.Nodes;
using CogVideoX.Tensors;

namespace CogVideoX.GpuCheck.Parts;

/// <summary>Reference numbers: how far the device is from them, and how far the CPU.</summary>
internal static class GoldensPart
{
    private const double AllowedF32 = 2e-5, AllowedF16 = 1e-2, AllowedBF16 = 4e-2; // modules of some ten operations

    public static void Run(CheckOptions options)
    {
        var results = new Results(options.Out, "goldens");
        var clock = Stopwatch.StartNew();
        using var files = new GoldenFiles(Path.Combine(options.Bundle, "goldens"));
        using Ops cpu = Ops.OnCpu();
        foreach (DType type in options.Types)
        {
            using var device = new TriedDevice(options.Device, type);
            foreach (GoldenCase golden in GoldenCases.All.Where(golden => !(options.IsTiny && golden.IsLong)))
            {
                if (clock.Elapsed.TotalSeconds < options.Seconds)
                    results.Add(Compare(golden, device, cpu, files));
            }
        }
    }

    /// <summary>For a bundle: the reference numbers that cases read, from <c>--from</c> to <c>--out</c>; checked with the CPU.</summary>
    public static void Select(CheckOptions options)
    {
        using var files = new GoldenFiles(options.Text("from", "tests/Goldens"));
        using Ops cpu = Ops.OnCpu();
        foreach (GoldenCase golden in GoldenCases.All)
        {
            double error = Error(golden, cpu, files);
            if (error > AllowedF32)
                throw new InvalidOperationException($"{golden.Name}: the CPU is {error:E2} from the reference.");
        }
        files.CopyRead(options.Out);
    }

    private static JsonObject Compare(GoldenCase golden, TriedDevice device, Ops cpu, GoldenFiles files)
    {
        var line = new JsonObject { ["case"] = golden.Name, ["type"] = device.Type.Name };
        try
        {
            double error = Error(golden, device.Ops, files);
            line["relative"] = Results.Number(error);
            line["cpu"] = Results.Number(Error(golden, cpu, files));
            line["ok"] = error <= (device.Type == DType.F32 ? AllowedF32 : device.Type == DType.F16 ? AllowedF16 : AllowedBF16);
        }
        catch (Exception exception)
        {
            line["ok"] = false;
            line["failure"] = exception.Message;
            device.Lose();
        }
        return line;
    }

    private static double Error(GoldenCase golden, Ops ops, GoldenFiles files)
    {
        using MemoryScope scope = ops.Scope();
        float[] actual = golden.Run(ops, files).ToFloats();
        return Comparison.Of(actual, files[golden.Expected.File, golden.Expected.Name].ToFloats()).Relative;
    }
}
