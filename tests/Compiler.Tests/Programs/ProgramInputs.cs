using System.Runtime.InteropServices;
using CogVideoX.Emulator;

namespace CogVideoX.Compiler.Tests.Programs;

/// <summary>Rows of inputs: half of them from the corners of the types.</summary>
internal sealed class ProgramInputs
{
    public const int Rows = 32;

    private static readonly int[] CornerInts = [0, 1, -1, 2, 31, 32, 255, 256, 32767, -32768, 65535, int.MaxValue, int.MinValue];
    private static readonly float[] CornerFloats =
        [
            0, -0f, 1, -1, 0.5f, 1e-42f, 3.4e38f, -3.4e38f, float.PositiveInfinity, float.NegativeInfinity, float.NaN, 2147483648f,
            -2147483649f, 4294967296f];

    public ProgramInputs(int seed)
    {
        var random = new Random(seed);
        for (int row = 0; row < Rows; row++)
        {
            bool corner = random.Next(2) == 0;
            I[row] = corner ? CornerInts[random.Next(CornerInts.Length)] : (int)random.NextInt64();
            U[row] = corner ? (uint)CornerInts[random.Next(CornerInts.Length)] : (uint)random.NextInt64();
            L[row] = corner
                ? (long)CornerInts[random.Next(CornerInts.Length)] << random.Next(40) : random.NextInt64(long.MinValue, long.MaxValue);
            F[row] = corner
                ? CornerFloats[random.Next(CornerFloats.Length)] : (random.NextSingle() - 0.5f) * MathF.Pow(10, random.Next(-3, 10));
            D[row] = corner
                ? CornerFloats[random.Next(CornerFloats.Length)] : (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-3, 18));
        }
    }

    public int[] I { get; } = new int[Rows];

    public uint[] U { get; } = new uint[Rows];

    public long[] L { get; } = new long[Rows];

    public float[] F { get; } = new float[Rows];

    public double[] D { get; } = new double[Rows];

    public ulong[] OnHost(Func<int, uint, long, float, double, ulong> program)
    {
        var results = new ulong[Rows];
        for (int row = 0; row < Rows; row++)
            results[row] = program(I[row], U[row], L[row], F[row], D[row]);
        return results;
    }

    /// <summary>What the program's PTX makes of them, or the fault that it ran into.</summary>
    public (ulong[] Results, Fault? Fault) InEmulator(PtxModule module, string entry)
    {
        var buffers = new Dictionary<string, byte[]>
        {
            ["i"] = Bytes(I),
            ["u"] = Bytes(U),
            ["l"] = Bytes(L),
            ["f"] = Bytes(F),
            ["d"] = Bytes(D),
            ["results"] = new byte[Rows * sizeof(ulong)],
        };
        var length = new LaunchArgument.Value(BitConverter.GetBytes((long)Rows));
        LaunchArgument[] arguments = [.. buffers.Keys.SelectMany(name => new LaunchArgument[] { new LaunchArgument.Buffer(name), length })];
        LaunchReport report = PtxEmulator.Run(
            module, new LaunchRequest(entry, new Dim3(1, 1, 1), new Dim3(Rows, 1, 1), 0, arguments, buffers));
        return (MemoryMarshal.Cast<byte, ulong>(buffers["results"]).ToArray(), report.Fault);
    }

    private static byte[] Bytes<T>(T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes<T>(values).ToArray();
}
