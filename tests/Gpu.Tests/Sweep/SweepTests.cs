using CogVideoX.Emulator;
using CogVideoX.Tensors;
using ILGPU.Runtime.Cuda;
using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>
/// The PTX that ILGPU makes of every portable kernel for an architecture, in the emulator: right, and without a race, an access outside a
/// buffer, a read of what nobody wrote, or a barrier that threads reach apart. Here each case runs for one architecture and one type of
/// activations, and each operation for all of them; with <c>COGVIDEOX_EVERYTHING_EMULATED=1</c> every case runs for all, thrice,
/// in other turns of warps, with other numbers and types of weights.
/// </summary>
/// <param name="architecture">What ILGPU compiles for.</param>
/// <param name="output">Where the counts go.</param>
public abstract class SweepTests(CudaArchitecture architecture, ITestOutputHelper output)
{
    private const int Architectures = 3, Seeds = 3;

    private static readonly string[] Types = ["F32", "BF16", "F16"];
    internal static bool IsWhole { get; } = Environment.GetEnvironmentVariable("COGVIDEOX_EVERYTHING_EMULATED") == "1";

    // Which of all that are tried; others than 75, 80 and 90 are none.
    private int Index => architecture.Major == 7 ? 0 : architecture.Major == 8 ? 1 : 2;

    [Theory]
    [InlineData("F32")]
    [InlineData("BF16")]
    [InlineData("F16")]
    public void EveryOperationIsRight(string type)
    {
        Assert.True(DType.TryParse(type, out DType activations));
        int share = Index * Types.Length + Array.IndexOf(Types, type);
        using var sweep = new OperationSweep(activations, launched => GpuDevices.OpenEmulator(
            new EmulatedDeviceOptions { Seed = share + 1, Order = WorkOrder.Shuffled, Launched = launched }, architecture,
            portable: true));
        foreach ((int index, IGrouping<Type, SweepCase> operation) in SweepCases.All.Index())
        {
            SweepCase[] cases = [.. operation];
            for (int seed = 0; seed < (IsWhole ? Seeds : 1); seed++)
            {
                foreach ((int number, SweepCase one) in cases.Index())
                {
                    if (IsWhole || IsShare(number, cases.Length, share + index))
                        sweep.Run(one, 1 + number + seed * 1000);
                }
            }
        }
        sweep.Finish($"{architecture} {type}", output);
    }

    // Every so manieth case; one where there are fewer.
    private static bool IsShare(int number, int count, int share)
    {
        int shares = Architectures * Types.Length;
        return count < shares ? number == share % count : number % shares == share % shares;
    }
}

/// <inheritdoc/>
public sealed class Sweep75Tests(ITestOutputHelper output) : SweepTests(CudaArchitecture.SM_75, output);

/// <inheritdoc/>
public sealed class Sweep80Tests(ITestOutputHelper output) : SweepTests(CudaArchitecture.SM_80, output);

/// <inheritdoc/>
public sealed class Sweep90Tests(ITestOutputHelper output) : SweepTests(CudaArchitecture.SM_90, output);
