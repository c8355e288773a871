using CogVideoX.Compiler.Ir;
using CogVideoX.Compiler.Language;
using Block = CogVideoX.Compiler.Language.Block;

namespace CogVideoX.Compiler.Tests.Frontend;

public sealed class TranslatorTests
{
    [Fact]
    public void VectorAddIsTwoLoadsOneAddAndOneStore()
    {
        Function function = Translation.Of<VectorAdd>();
        IrChecks.Check(function);
        Assert.Equal("VectorAdd", function.Name);
        Assert.Equal(["a", "a_length", "b", "b_length", "c", "c_length", "n"], function.Parameters.Select(parameter => parameter.Name));
        Assert.Equal((128, 1, 1), function.Launch.Block);
        Instruction[] global = [.. function.Blocks.SelectMany(block => block.Instructions)
            .Where(one => one.Opcode is Opcode.Load or Opcode.Store && one.Operands[0].Type == IrType.GlobalPtr)];
        Assert.Equal([Opcode.Load, Opcode.Load, Opcode.Store], global.Select(one => one.Opcode));
        Assert.All(global, one => Assert.Equal((MemoryType.F32, 4), (one.MemoryType, one.Alignment)));
        Assert.Single(
            function.Blocks.SelectMany(block => block.Instructions), one => one.Opcode == Opcode.Add && one.Result.Type == IrType.F32);
    }

    [Fact]
    public void KernelsAreNamedForTheirTypesOrTheirAttribute()
    {
        Assert.Equal("Applies_Double_Twice", Translation.Of<Applies<double, Twice>>().Name);
        Assert.Equal("fixed_name", Translation.Of<Named>().Name);
    }

    [Fact]
    public void FunctorsAreInlined() =>
        Assert.Contains(
            Translation.InstructionsOf<Applies<double, Twice>>(), one => one is { Opcode: Opcode.Mul, Result.Type: IrType.F64 });

    [Fact]
    public void TheSameKernelGivesTheSameIr() =>
        Assert.Equal(Translation.TextOf<Applies<double, Twice>>(), Translation.TextOf<Applies<double, Twice>>());

    internal interface IFunctor
    {
        double Apply(double x);
    }

    internal readonly struct Twice(int power) : IFunctor
    {
        public double Apply(double x) => x * power;
    }

    internal readonly struct Applies<T, TFunctor>(View<double> x, TFunctor functor) : IKernel
        where TFunctor : unmanaged, IFunctor
    {
        public static Block Block => new(32);

        public void Run()
        {
            static double Increase(double value) => value + 1;
            x[0] = Increase(functor.Apply(x[1])) + default(TFunctor).Apply(x[2]);
        }
    }

    [KernelName("fixed_name")]
    internal readonly struct Named(View<int> x) : IKernel
    {
        public static Block Block => new(32);

        public void Run() => x[0] = 1;
    }
}
