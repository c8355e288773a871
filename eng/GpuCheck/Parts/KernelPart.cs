using CogVideoX.GpuCheck.Cases;
using CogVideoX.Tensors;

namespace CogVideoX.GpuCheck.Parts;

/// <summary>Runs one operation a few times at its real size: what a profiler looks at.</summary>
internal static class KernelPart
{
    private const int Runs = 3;

    public static void Run(CheckOptions options)
    {
        using var device = new TriedDevice(options.Device, options.Types[0]);
        OperationCase operation = AllCases.Of(options.Real).Single(operation => operation.Name == options.Case);
        using CaseInputs inputs = CaseInputs.Stored(device.Ops, operation, device.Type);
        for (int i = 0; i < Runs; i++)
        {
            using MemoryScope scope = device.Ops.Scope();
            operation.Run(device.Ops, inputs);
        }
        device.Device.Synchronise();
        Console.WriteLine($"gpucheck: {operation.Name} {device.Type} ran {Runs} times.");
    }
}
