using CogVideoX.Compiler.Language;

namespace CogVideoX.Compiler.Tests.Programs;

/// <summary>Runs a program on a row of inputs a thread.</summary>
[KernelName("program")]
public readonly struct ProgramKernel<TProgram>(
    View<int> i, View<uint> u, View<long> l, View<float> f, View<double> d, View<ulong> results) : IKernel
    where TProgram : IProgram
{
    public static Block Block => new(ProgramInputs.Rows);

    public void Run()
    {
        int row = Block.ThreadX;
        results[row] = TProgram.Run(i[row], u[row], l[row], f[row], d[row]);
    }
}
