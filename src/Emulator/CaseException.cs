namespace CogVideoX.Emulator;

/// <summary>A case that can't be run: the file, or one that it names, isn't what the format asks for, or doesn't fit the kernel.</summary>
/// <param name="path">the file that is wrong</param> <param name="problem">what is wrong with it</param>
public sealed class CaseException(
    string path, string problem, Exception? inner = null) : EmulatorException($"{Printable.Path(path)}: {problem}", inner)
{
    /// <summary>The file that is wrong.</summary>
    public string Path { get; } = path;
}
