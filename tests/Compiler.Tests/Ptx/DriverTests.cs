using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Tests.Ptx;

/// <summary>What is compiled comes back from files as it was, and only then.</summary>
public sealed class DriverTests : IDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"cogvideox-kernels-{Guid.NewGuid():N}");
    private int compiled;

    public void Dispose()
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void MetadataSaysWhatALaunchNeeds()
    {
        CompiledKernel kernel = Compile(typeof(int), new CompileOptions { Target = Target.Sm90a });
        Assert.Equal("k", kernel.Entry);
        Assert.Equal(new(32, 2, 1), kernel.Block);
        Assert.Equal(new(2, 1, 1), kernel.Cluster);
        Assert.Equal(32 + 100, kernel.StaticSharedBytes);
        Assert.Equal(
            [
                new("x", CompiledParameterKind.Pointer, 8), new("y", CompiledParameterKind.Pointer, 8),
                new("n", CompiledParameterKind.Integer, 4),
             new("scale", CompiledParameterKind.Float, 4), new("map", CompiledParameterKind.Opaque, 128) { Alignment = 64 }],
            kernel.Parameters);
        Assert.Equal(64, kernel.Hash.Length);
    }

    [Fact]
    public void EmbeddedKernelsComeBack()
    {
        var options = new CompileOptions { Target = Target.Sm90a };
        CompiledKernel first = Compile(typeof(int), options), second = Compile(typeof(List<int>), options);
        using var stream = new MemoryStream();
        EmbeddedKernels.Write(stream, [second, first]);
        stream.Position = 0;
        Assert.True(EmbeddedKernels.TryLoad(stream, KernelKey.Of(typeof(List<int>), options), out CompiledKernel? found));
        AssertSame(second, found);
        stream.Position = 0;
        Assert.False(EmbeddedKernels.TryLoad(stream, KernelKey.Of(typeof(List<int>), options with { CheckBounds = true }), out _));
        Assert.Throws<ArgumentException>(() => EmbeddedKernels.Write(new MemoryStream(), [first, first]));
        Assert.False(EmbeddedKernels.TryLoad(typeof(DriverTests).Assembly, first.Key, out _));
    }

    [Fact]
    public void DamagedEmbeddedKernelsAreRefused()
    {
        using var stream = new MemoryStream();
        EmbeddedKernels.Write(stream, [Compile(typeof(int), new CompileOptions { Target = Target.Sm90a })]);
        byte[] whole = stream.ToArray();
        Assert.Throws<InvalidDataException>(() => EmbeddedKernels.TryLoad(new MemoryStream(whole[..^9]), "", out _));
        byte[] changed = [.. whole];
        changed[whole.AsSpan().LastIndexOf("sm_90a"u8)] = (byte)'x';
        Assert.Throws<InvalidDataException>(() => EmbeddedKernels.TryLoad(new MemoryStream(changed), "", out _));
        Assert.Throws<InvalidDataException>(
            () => EmbeddedKernels.TryLoad(new MemoryStream("""{"format":1,"content":"","kernels":[null]}"""u8.ToArray()), "", out _));
        Assert.Throws<InvalidDataException>(
            () => EmbeddedKernels.TryLoad(new MemoryStream("""{"format":2,"content":"","kernels":[]}"""u8.ToArray()), "", out _));
    }

    [Fact]
    public void TheCacheCompilesOnceForEachKernelAndOptions()
    {
        var options = new CompileOptions { Target = Target.Sm90a };
        CompiledKernel made = Cache().GetOrCompile(typeof(int), options);
        AssertSame(made, Cache().GetOrCompile(typeof(int), options));
        Assert.Equal(1, compiled);
        Cache().GetOrCompile(typeof(long), options);
        Cache().GetOrCompile(typeof(List<long>), options);
        Cache().GetOrCompile(typeof(int), options with { LineTable = false });
        Assert.Equal(4, compiled);
        Assert.Equal(4, Directory.GetFiles(folder).Length);
    }

    [Fact]
    public void TheCacheCompilesAnewWhatIsNotWhole()
    {
        var options = new CompileOptions { Target = Target.Sm90a };
        Cache().GetOrCompile(typeof(int), options);
        string path = Directory.GetFiles(folder).Single();
        byte[] whole = File.ReadAllBytes(path);
        Cache().GetOrCompile(typeof(long), options);
        byte[] other = File.ReadAllBytes(Directory.GetFiles(folder).Single(f => f != path));
        byte[][] unfit =
            [[], whole[..(whole.Length / 2)], [.. whole[..^1], (byte)'x'], other, "null"u8.ToArray(), new byte[100]];
        foreach (byte[] bad in unfit)
        {
            File.WriteAllBytes(path, bad);
            int before = compiled;
            Cache().GetOrCompile(typeof(int), options);
            Assert.Equal(before + 1, compiled);
            Assert.Equal(whole, File.ReadAllBytes(path));
        }
    }

    [Fact]
    public async Task ManyAtOnceLeaveOneWholeFile()
    {
        var options = new CompileOptions { Target = Target.Sm90a };
        CancellationToken cancel = TestContext.Current.CancellationToken;
        CompiledKernel[] all = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => Task.Run(() => Cache().GetOrCompile(typeof(int), options), cancel)));
        foreach (CompiledKernel one in all)
            AssertSame(all[0], one);
        Assert.Single(Directory.GetFiles(folder));
    }

    [Fact]
    public void AFolderThatCannotBeWrittenOnlyCostsTime()
    {
        Directory.CreateDirectory(folder);
        string blocked = Path.Combine(folder, "file");
        File.WriteAllText(blocked, "");
        var cache = new KernelCache(blocked, Compile);
        CompiledKernel once = cache.GetOrCompile(typeof(int), new CompileOptions { Target = Target.Sm90a });
        AssertSame(once, cache.GetOrCompile(typeof(int), new CompileOptions { Target = Target.Sm90a }));
        Assert.Equal(2, compiled);
    }

    private static void AssertSame(CompiledKernel expected, CompiledKernel actual)
    {
        Assert.Equal(expected.Parameters, actual.Parameters);
        Assert.Equal(expected, actual with { Parameters = expected.Parameters });
    }

    private KernelCache Cache() => new(folder, Compile);

    private CompiledKernel Compile(Type kernel, CompileOptions options)
    {
        Interlocked.Increment(ref compiled);
        var made = new TestKernel(launch: new LaunchShape((32, 2, 1), (2, 1, 1)));
        made.Function.Parameters.Add(new KernelParameter("n", MemoryType.I32));
        made.Function.Parameters.Add(new KernelParameter("scale", MemoryType.F32));
        made.Function.Parameters.Add(new KernelParameter("map", MemoryType.I64, 128));
        made.Function.Variables.Add(new Variable("a", VariableSpace.Shared, 20, 4));
        made.Function.Variables.Add(new Variable("b", VariableSpace.Shared, 100, 16));
        made.End(Terminator.Return(null));
        return KernelCompiler.Print(made.Function, KernelKey.Of(kernel, options), options);
    }
}
