using CogVideoX.Compiler;
using CogVideoX.Compiler.Language;
using CogVideoX.Emulator;
using CogVideoX.Kernels.Gpu;

namespace CogVideoX.Kernels.Tests.Gpu;

/// <summary>Which kernels an assembly has.</summary>
public sealed class KernelCatalogTests
{
    [Theory]
    [InlineData("tiled_product_f32")]
    [InlineData("tiled_product_f16")]
    [InlineData("tiled_product_bf16")]
    public void AGenericKernelIsThereByTheNamesOfItsInstances(string name)
    {
        GpuKernel kernel = SampleKernels.Find(name);
        Assert.Equal("TiledProduct`3", kernel.Type.Name);
        Assert.Equal(name, kernel.Compile().Entry);
        Assert.Contains($".visible .entry {name}(", kernel.Show().Ptx);
    }

    [Fact]
    public void EveryGenericKernelOfTheSamplesNamesAnInstance() => Assert.Empty(SampleKernels.Catalog.Unnamed);

    [Fact]
    public void EveryKernelOfTheSamplesHasACase() => Assert.Empty(SampleKernels.All.Select(k => k.Name).Except(CaseFiles.Names));

    [Fact]
    public void AnInstanceThatIsNotNamedKeepsANameOfItsArguments()
    {
        Assert.Equal("Doubles_Int64", KernelCompiler.EntryOf(typeof(Doubles<long>)));
        Assert.Equal("doubles_int", KernelCompiler.EntryOf(typeof(Doubles<int>)));
        Assert.Equal(["doubles_float", "doubles_int"], Catalog(typeof(Doubles<>)).Kernels.Select(k => k.Name));
    }

    [Fact]
    public void OneThatNamesNoInstanceIsTold() =>
        Assert.Equal([typeof(Unnamed<>).ToString()], Catalog(typeof(Unnamed<>), typeof(Doubles<>)).Unnamed);

    public static TheoryData<Type[], string> Wrong => new()
    {
        { [typeof(TooMany<>)], "[KernelInstance(\"a\", …)] has 2 type arguments; " },
        { [typeof(TooFew<>)], "has 0 type arguments; " },
        { [typeof(Unfit<>)], "[KernelInstance(\"a\", …)] of " },
        { [typeof(BadName)], "a kernel can't be called 'a/../b'" },
        { [typeof(BadInstanceName<>)], "a kernel can't be called 'a b'" },
        { [typeof(First), typeof(Second)], "several kernels are called same (" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void NamesAndTypeArgumentsThatDoNotFitAreRefusedInASentence(Type[] types, string says)
    {
        KernelAssemblyException refused = Assert.Throws<KernelAssemblyException>(() => Catalog(types));
        Assert.Contains(says, refused.Message);
        Assert.DoesNotContain('\n', refused.Message);
    }

    /// <summary>A case whose module is missing is for kernels alone.</summary>
    [Fact]
    public void ACaseWithoutAModuleHasNoReference()
    {
        KernelVerdict verdict = SampleKernels.Find("tiled_product_f32").Verify(CaseFiles.PathOf("tiled_product_f32"));
        Assert.True(verdict.Report.Passed, verdict.Report.Complaint);
        Assert.Null(verdict.Reference);
        CaseException refused = Assert.Throws<CaseException>(() => PtxCase.Read(CaseFiles.PathOf("tiled_product_f32")));
        Assert.EndsWith("'module' is missing", refused.Message, StringComparison.Ordinal);
    }

    private static KernelCatalog Catalog(params Type[] types) => new("test", types);

    [KernelInstance("doubles_int", typeof(int))]
    [KernelInstance("doubles_float", typeof(float))]
    public readonly struct Doubles<T>(View<T> x) : IKernel
        where T : unmanaged, System.Numerics.INumber<T>
    {
        public static Block Block => new(32);

        public void Run() => x[Block.ThreadX] += x[Block.ThreadX];
    }

    public readonly struct Unnamed<T>(View<T> x) : IKernel
        where T : unmanaged
    {
        public static Block Block => new(32);

        public void Run() => x[0] = x[1];
    }

    [KernelInstance("a", typeof(int), typeof(int))]
    public readonly struct TooMany<T> : IKernel
    {
        public static Block Block => new(32);

        public void Run() { }
    }

    [KernelInstance("a")]
    public readonly struct TooFew<T> : IKernel
    {
        public static Block Block => new(32);

        public void Run() { }
    }

    [KernelInstance("a", typeof(string))]
    public readonly struct Unfit<T> : IKernel
        where T : unmanaged
    {
        public static Block Block => new(32);

        public void Run() { }
    }

    [KernelName("a/../b")]
    public readonly struct BadName : IKernel
    {
        public static Block Block => new(32);

        public void Run() { }
    }

    [KernelInstance("a b", typeof(int))]
    public readonly struct BadInstanceName<T> : IKernel
    {
        public static Block Block => new(32);

        public void Run() { }
    }

    [KernelName("same")]
    public readonly struct First : IKernel
    {
        public static Block Block => new(32);

        public void Run() { }
    }

    [KernelName("same")]
    public readonly struct Second : IKernel
    {
        public static Block Block => new(32);

        public void Run() { }
    }
}
