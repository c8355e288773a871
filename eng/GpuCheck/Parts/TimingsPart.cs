using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using CogVideoX.Gpu;
using CogVideoX.GpuCheck.Cases;
using CogVideoX.Kernels.Devices;
using CogVideoX.Tensors;
using ILGPU;
using ILGPU.Runtime;

namespace CogVideoX.GpuCheck.Parts;

/// <summary>
/// What each operation takes at its real size, by the device's own events. For torch_timings.py it leaves a list of what was timed, and
/// samples of the results, so that times are compared only where results agree.
/// </summary>
internal static class TimingsPart
{
    /// <summary>The list, in the folder of work.</summary>
    public const string ListName = "timings.json";

    private const double BatchSeconds = 0.03;
    private const int Batches = 5, LargestBatch = 100;

    public static void Run(CheckOptions options)
    {
        var results = new Results(options.Out, "timings");
        Directory.CreateDirectory(options.Work);
        results.Add(Copy(options));
        var clock = Stopwatch.StartNew();
        var list = new JsonArray();
        foreach (DType type in options.Types)
        {
            using var device = new TriedDevice(options.Device, type);
            foreach (OperationCase operation in AllCases.Of(options.Real))
            {
                // What moves numbers doesn't care which 16 bits they are.
                bool wanted = type != DType.F16 || operation.Kind is CaseKind.Product or CaseKind.Attention;
                if (wanted && clock.Elapsed.TotalSeconds < options.Seconds && options.Case is "" || options.Case == operation.Name)
                    Time(operation, device);
            }
        }

        void Time(OperationCase operation, TriedDevice device)
        {
            string sample = $"{operation.Name}.{device.Type.Name}.f32";
            JsonObject line = Timed(operation, device, Path.Combine(options.Work, sample), options.IsTiny);
            results.Add(line);
            if (line.ContainsKey("failure"))
                return;
            list.Add(ForTorch(operation, device.Type, sample));
            File.WriteAllText(Path.Combine(options.Work, ListName), list.ToJsonString());
        }
    }

    private static JsonObject Timed(OperationCase operation, TriedDevice device, string samplePath, bool once)
    {
        var line = new JsonObject
        {
            ["case"] = operation.Name,
            ["type"] = device.Type.Name,
            ["kind"] = operation.Kind.ToString().ToLowerInvariant(),
            ["sizes"] = operation.Sizes,
        };
        try
        {
            Ops ops = device.Ops;
            using CaseInputs inputs = CaseInputs.Stored(ops, operation, device.Type);
            long bytes = inputs.Bytes;
            using (ops.Scope())
            {
                Tensor[] found = operation.Run(ops, inputs); // compiles
                bytes += found.Sum(result => result.Bytes);
                File.WriteAllBytes(samplePath, MemoryMarshal.AsBytes<float>(Samples.Of(found)).ToArray());
            }
            double first = Batch(device, operation, inputs, 1);
            int runs = once ? 1 : (int)Math.Clamp(BatchSeconds / Math.Max(first, 1e-7), 1, LargestBatch);
            double[] times = [.. Enumerable.Range(0, once ? 1 : Batches).Select(_ => Batch(device, operation, inputs, runs))];
            Array.Sort(times);
            double seconds = times[times.Length / 2];
            line["ms"] = seconds * 1e3;
            line["best_ms"] = times[0] * 1e3;
            line["runs"] = runs * times.Length;
            line["gflops"] = operation.Flops() / seconds / 1e9;
            line["gbytes"] = bytes / seconds / 1e9;
        }
        catch (Exception exception)
        {
            line["failure"] = exception.Message;
            device.Lose();
        }
        return line;
    }

    // Seconds of one run, among several that follow each other.
    private static double Batch(TriedDevice device, OperationCase operation, CaseInputs inputs, int runs)
    {
        Mark began = device.Device.Mark();
        for (int i = 0; i < runs; i++)
        {
            using MemoryScope scope = device.Ops.Scope();
            operation.Run(device.Ops, inputs);
        }
        return device.Device.Elapsed(began, device.Device.Mark()).TotalSeconds / runs;
    }

    // The yardstick of what moves numbers: the driver's own copy from one block to another.
    private static JsonObject Copy(CheckOptions options)
    {
        var line = new JsonObject { ["case"] = "copy" };
        try
        {
            using var device = (IlgpuDevice)GpuDevices.Find(options.Device).Open();
            long bytes = options.IsTiny ? 1 << 20 : 1 << 29;
            using MemoryBuffer1D<byte, Stride1D.Dense> from = device.Accelerator.Allocate1D<byte>(bytes);
            using MemoryBuffer1D<byte, Stride1D.Dense> to = device.Accelerator.Allocate1D<byte>(bytes);
            using AcceleratorStream stream = device.Accelerator.CreateStream();
            var noise = new byte[bytes]; // a card may move zeros faster
            new Random(1).NextBytes(noise);
            from.View.CopyFromCPU(stream, noise);
            var seconds = new List<double>();
            for (int i = 0; i < Batches + 1; i++)
            {
                using ProfilingMarker began = stream.AddProfilingMarker();
                to.View.CopyFrom(stream, from.View);
                using ProfilingMarker ended = stream.AddProfilingMarker();
                ended.Synchronize();
                seconds.Add(ended.MeasureFrom(began).TotalSeconds);
            }
            line["bytes"] = bytes;
            line["gbytes"] = 2 * bytes / seconds.Skip(1).Order().ElementAt(Batches / 2) / 1e9;
        }
        catch (Exception exception)
        {
            line["failure"] = exception.Message;
        }
        return line;
    }

    private static JsonObject ForTorch(OperationCase operation, DType type, string sample)
    {
        var operands = new JsonArray();
        foreach (Operand operand in operation.Operands)
        {
            operands.Add(new JsonObject
            {
                ["name"] = operand.Name,
                ["shape"] = new JsonArray([.. Sizes(operand.Shape)]),
                ["kind"] = operand.Kind.ToString(),
                ["type"] = operand.TypeFor(type).Name,
                ["scale"] = operand.Scale,
                ["range"] = operand.Range,
                ["seed"] = operation.Seed(operand),
            });
        }
        return new JsonObject
        {
            ["case"] = operation.Name,
            ["type"] = type.Name,
            ["sample"] = sample,
            ["operands"] = operands,
            ["setup"] = operation.TorchSetup,
            ["run"] = operation.Torch,
        };
    }

    private static IEnumerable<JsonNode> Sizes(Shape shape)
    {
        foreach (int size in shape)
            yield return JsonValue.Create(size);
    }
}
