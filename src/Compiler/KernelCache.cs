namespace CogVideoX.Compiler;

/// <summary>
/// Compiled kernels on disk. A kernel is found again only if its code, everything that its code can come from, the compiler and the
/// options are the same. Files that aren't whole are compiled anew. Any number of processes may share a folder.
/// </summary>
public sealed class KernelCache
{
    /// <summary>More than any kernel has: what is larger isn't read.</summary>
    private const long MostBytes = 64 << 20;

    private readonly Func<Type, CompileOptions, CompiledKernel> compile;

    /// <summary>A cache in a folder, which is made when it is needed.</summary>
    /// <param name="folder">cogvideox/kernels in the system's folder for caches if null</param>
    public KernelCache(string? folder = null)
        : this(folder, KernelCompiler.Compile)
    {
    }

    internal KernelCache(string? folder, Func<Type, CompileOptions, CompiledKernel> compile)
    {
        Folder = Path.GetFullPath(folder ?? FolderOf("kernels"));
        this.compile = compile;
    }

    /// <summary>Where the files lie.</summary>
    public string Folder { get; }

    /// <summary>
    /// Where files of a kind lie that are made again when they are lost: XDG_CACHE_HOME or ~/.cache, ~/Library/Caches, or the local
    /// application data; there cogvideox and the kind.
    /// </summary>
    public static string FolderOf(string kind)
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string caches = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches")
            : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg ? xdg : Path.Combine(home, ".cache");
        return Path.Combine(caches, "cogvideox", kind);
    }

    /// <summary>The kernel from the cache, or compiled and put there.</summary>
    /// <exception cref="CompileException">The kernel says something that a GPU or this target can't do.</exception>
    public CompiledKernel GetOrCompile(Type kernel, CompileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        options ??= new CompileOptions();
        string content = KernelKey.OfContent(kernel, options);
        string path = Path.Combine(Folder, content + ".json");
        if (Read(path, content, KernelKey.Of(kernel, options)) is { } known)
            return known;
        CompiledKernel made = compile(kernel, options);
        Write(path, new KernelContainer(KernelContainer.CurrentFormat, content, [made]));
        return made;
    }

    private static CompiledKernel? Read(string path, string content, string key)
    {
        try
        {
            if (!File.Exists(path) || new FileInfo(path).Length > MostBytes)
                return null;
            using FileStream file = File.OpenRead(path);
            return KernelContainer.TryRead(file, out KernelContainer? found, out _) && found is { Kernels: [var kernel] }
                && found.Content == content && kernel.Key == key
                ? kernel : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // what can't be read is compiled, as if it weren't there
            return null;
        }
    }

    /// <summary>Under another name first: others see the whole file or none.</summary>
    private void Write(string path, KernelContainer container)
    {
        string unfinished = $"{path}.{Guid.NewGuid():N}";
        try
        {
            Directory.CreateDirectory(Folder);
            using (FileStream file = new(unfinished, FileMode.CreateNew))
                container.Write(file);
            File.Move(unfinished, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // a full or read-only disk, or another process at the same file: the kernel is compiled all the same, only not kept
            if (File.Exists(unfinished))
                File.Delete(unfinished);
        }
    }
}
