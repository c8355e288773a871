using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>How often each thread's numbers have each last digit, most frequent digit first: an array indexed by data.</summary>
/// <param name="x">[threads, count]</param> <param name="digits">[threads, 10]</param>
[KernelName("digit_counts")]
public readonly struct DigitCounts(View<uint> x, int count, View<byte> digits) : IKernel
{
    private const int Base = 10;

    public static Block Block => new(32);

    public void Run()
    {
        int thread = Grid.BlockX * Block.SizeX + Block.ThreadX;
        Local<int> counts = Local.Array<int>(Base);
        Local<byte> order = Local.Array<byte>(Base);
        for (int digit = 0; digit < Base; digit++)
        {
            counts[digit] = 0;
            order[digit] = (byte)digit;
        }
        for (int i = 0; i < count; i++)
            counts[(int)(x[(long)thread * count + i] % Base)]++;
        for (int i = 1; i < Base; i++)
        {
            byte digit = order[i];
            int place = i;
            for (; place > 0 && counts[order[place - 1]] < counts[digit]; place--)
                order[place] = order[place - 1];
            order[place] = digit;
        }
        for (int i = 0; i < Base; i++)
            digits[thread * Base + i] = order[i];
    }
}
