using System.Runtime.CompilerServices;
using CogVideoX.Compiler.Ir;
using CogVideoX.Compiler.Language;
using Block = CogVideoX.Compiler.Language.Block;

namespace CogVideoX.Compiler.Tests.Frontend;

public sealed class ControlFlowTests
{
    private static string Show(string text)
    {
        TestContext.Current.TestOutputHelper!.WriteLine(text);
        return text;
    }

    [Fact]
    public void ALoopIsALoop()
    {
        Function function = Translation.Of<Loop>();
        Show(IrText.Of(function));
        Assert.Contains(function.Blocks, block => block.Terminator!.Edges.Length == 2);
        Assert.All(function.Blocks, block => Assert.NotNull(block.Terminator));
    }

    [Fact]
    public void ATernaryAndShortCircuitsJoinThroughAVariable()
    {
        string text = Show(Translation.TextOf<Ternaries>());
        Assert.Contains("Store.I32+0", text, StringComparison.Ordinal);
    }

    [Fact]
    public void ASwitchKeepsItsCases()
    {
        Function function = Translation.Of<Switches>();
        Show(IrText.Of(function));
        Terminator end = Assert.Single(function.Blocks, block => block.Terminator!.Edges.Length > 2).Terminator!;
        Assert.Equal(6, end.Edges.Length);
    }

    [Fact]
    public void OnlyTheBranchOfTheTypeArgumentIsTranslated()
    {
        string single = Show(Translation.TextOf<ByType<float>>()), integer = Translation.TextOf<ByType<int>>();
        Assert.Contains("Add", single, StringComparison.Ordinal);
        Assert.DoesNotContain("Mul", single.Replace("Mul v", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("Xor", integer, StringComparison.Ordinal);
        Assert.DoesNotContain("Xor", single, StringComparison.Ordinal);
    }

    [Fact]
    public void StaticAbstractMembersAreConstants()
    {
        Function function = Translation.Of<ByPolicy<Two>>();
        Assert.DoesNotContain("DivU", Show(IrText.Of(function)), StringComparison.Ordinal);
        Assert.Equal((64, 1, 1), function.Launch.Block);
        Assert.Equal((2, 1, 1), function.Launch.Cluster);
        Assert.Equal(3, function.Launch.MinimumCtas);
        Assert.Equal("ByPolicy_Two", function.Name);
        Assert.Contains("DivU", Translation.TextOf<ByPolicy<Three>>(), StringComparison.Ordinal);
    }

    [Fact]
    public void TwoReturnsJoin() => Assert.Contains("If", Show(Translation.TextOf<EarlyReturn>()), StringComparison.OrdinalIgnoreCase);

    [Fact]
    public void NoBlockIsLeftOpenAndEveryValueIsDefinedBeforeItsUse()
    {
        IrChecks.Check(Translation.Of<Loop>());
        IrChecks.Check(Translation.Of<Ternaries>());
        IrChecks.Check(Translation.Of<Switches>());
        IrChecks.Check(Translation.Of<EarlyReturn>());
        IrChecks.Check(Translation.Of<ByPolicy<Three>>());
    }

    internal readonly struct Loop(View<int> x, int n) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            int sum = 0;
            for (int i = Block.ThreadX; i < n; i += Block.Size)
            {
                if (x[i] < 0)
                    continue;
                if (x[i] == 77)
                    break;
                sum += x[i];
            }
            do
            {
                sum >>= 1;
            }
            while (sum > 100);
            x[0] = sum;
        }
    }

    internal readonly struct Ternaries(View<int> x, int n) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            int i = Block.ThreadX;
            x[i] = (i < n && x[i] > 3) || i == 7 ? x[i] + 1 : n;
            bool even = (i & 1) == 0;
            x[i + 1] = even ? 5 : 6;
            x[i + 2] = !even & i < 5 ? x[0] : x[1];
        }
    }

    internal readonly struct Switches(View<int> x, int n) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            x[0] = n switch { 0 => 5, 1 => x[9], 2 => 8, 3 => -x[2], 4 => 11, _ => 0 };
        }
    }

    internal readonly struct ByType<T>(View<T> x) : IKernel
        where T : unmanaged
    {
        public static Block Block => new(32);

        public void Run()
        {
            if (typeof(T) == typeof(float))
                x[0] = (T)(object)((float)(object)x[0] + 1f);
            else if (typeof(T) == typeof(int))
                x[0] = Unsafe.BitCast<int, T>(Unsafe.BitCast<T, int>(x[0]) ^ 5);
            else
                throw new NotSupportedException();
        }
    }

    internal interface IPolicy
    {
        static abstract int Size { get; }

        static virtual uint Scale(uint x) => x + 1;
    }

    internal readonly struct Two : IPolicy
    {
        public static int Size => 2;
    }

    internal readonly struct Three : IPolicy
    {
        public static int Size => 3;

        public static uint Scale(uint x) => x / 3;
    }

    internal readonly struct ByPolicy<TPolicy>(View<uint> x) : IKernel
        where TPolicy : IPolicy
    {
        public static Block Block => new(TPolicy.Size * 32);

        public static Block ClusterShape => new(2);

        public static int MinimumCtas => 3;

        public void Run()
        {
            if (TPolicy.Size > 2)
                x[0] /= 7;
            x[1] = TPolicy.Scale(x[1]);
        }
    }

    internal readonly struct EarlyReturn(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            if (x[0] == 0)
                return;
            x[1] = Sign(x[0]) + Sign(x[2]);
        }

        private static int Sign(int value)
        {
            if (value < 0)
                return -1;
            if (value > 0)
                return 1;
            return 0;
        }
    }
}
