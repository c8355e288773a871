using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CogVideoX.Testing.Hub;

/// <summary>
/// The Hub on this machine, with one model: an API and small files on one port, and large files on another, where the first redirects. What
/// it does wrong, a test says.
/// </summary>
internal sealed class FakeHub : IAsyncDisposable
{
    public const string Name = "me/tiny", Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly IHost hub, storage;

    private FakeHub(Dictionary<string, byte[]> files)
    {
        Files = files;
        hub = Serve(AnswerAsync);
        storage = Serve(StoreAsync);
        Address = AddressOf(hub);
        StorageAddress = AddressOf(storage);
    }

    /// <summary>The model's files, which a test may change while it is downloaded.</summary>
    public Dictionary<string, byte[]> Files { get; }

    /// <summary>As <c>HF_ENDPOINT</c> names it.</summary>
    public string Address { get; }

    /// <summary>Where large files are.</summary>
    public string StorageAddress { get; }

    /// <summary>What was asked: the port's part (<c>hub</c>, <c>storage</c>), method, path.</summary>
    public ConcurrentQueue<(string Part, string Method, string Path, string? Range, string? IfRange, string? Token)> Asked { get; } = new();

    /// <summary>Answers in the Hub's place; true where it did.</summary>
    public Func<HttpContext, Task<bool>> OnHub { get; set; } = _ => Task.FromResult(false);

    /// <summary>Answers in the storage's place; true where it did.</summary>
    public Func<HttpContext, Task<bool>> OnStorage { get; set; } = _ => Task.FromResult(false);

    /// <summary>Changes the listing.</summary>
    public Action<JsonObject> OnListing { get; set; } = _ => { };

    /// <summary>The token without which nothing is given; null for none.</summary>
    public string? Token { get; set; }

    /// <summary>Serves a folder's files, and what a repository has beside them that nobody needs.</summary>
    public static FakeHub Start(string folder)
    {
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(
            file => Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/'), File.ReadAllBytes);
        files["README.md"] = "# tiny"u8.ToArray();
        files[".gitattributes"] = "*"u8.ToArray();
        files["transformer/diffusion_pytorch_model.bin"] = [1, 2, 3];
        files["transformer/diffusion_pytorch_model.fp16.safetensors"] = [1, 2, 3];
        return new FakeHub(files);
    }

    /// <summary>What a file's blob is called.</summary>
    public static string ChecksumOf(string name, byte[] bytes) => IsLarge(name)
        ? Convert.ToHexStringLower(SHA256.HashData(bytes))
        : Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {bytes.Length}\0"), .. bytes]));

    /// <summary>How often bytes of a file were asked for.</summary>
    public int Downloads(string name) => Asked.Count(
        request => request.Method == "GET" && request.Part == (IsLarge(name) ? "storage" : "hub") && request.Path.EndsWith(name));

    /// <summary>Gives the first bytes of a file and then breaks off.</summary>
    public static async Task BreakOffAsync(HttpContext context, byte[] bytes, int count)
    {
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes.AsMemory(0, count));
        await context.Response.Body.FlushAsync();
        await Task.Delay(50); // or the abort may overtake the bytes
        context.Abort();
    }

    /// <summary>The whole file, or the part that was asked for.</summary>
    public static async Task GiveAsync(HttpContext context, byte[] bytes, string tag)
    {
        HttpResponse answer = context.Response;
        answer.Headers.ETag = $"\"{tag}\"";
        string range = context.Request.Headers.Range.ToString(), condition = context.Request.Headers.IfRange.ToString();
        int from = 0;
        if (range.Length > 0 && (condition.Length == 0 || condition == $"\"{tag}\""))
        {
            from = int.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture);
            if (from >= bytes.Length)
            {
                answer.StatusCode = 416;
                return;
            }
            answer.StatusCode = 206;
            answer.Headers.ContentRange = $"bytes {from}-{bytes.Length - 1}/{bytes.Length}";
        }
        answer.ContentLength = bytes.Length - from;
        if (context.Request.Method != "HEAD")
            await answer.Body.WriteAsync(bytes.AsMemory(from));
    }

    public async ValueTask DisposeAsync()
    {
        await hub.StopAsync(new CancellationToken(canceled: true));
        await storage.StopAsync(new CancellationToken(canceled: true));
        hub.Dispose();
        storage.Dispose();
    }

    private static bool IsLarge(string name) => name.EndsWith(".safetensors") || name.EndsWith(".model") || name.EndsWith(".bin");

    private static WebApplication Serve(RequestDelegate answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Listen(System.Net.IPAddress.Loopback, 0);
            options.AddServerHeader = false;
            options.Limits.MinResponseDataRate = null;
        });
        WebApplication app = builder.Build();
        app.Run(answer);
        app.Start();
        return app;
    }

    private static string AddressOf(IHost host) => ((WebApplication)host).Urls.Single();

    private void Note(string part, HttpContext context) => Asked.Enqueue((
        part, context.Request.Method, context.Request.Path.Value!, context.Request.Headers.Range.FirstOrDefault(),
        context.Request.Headers.IfRange.FirstOrDefault(), context.Request.Headers.Authorization.FirstOrDefault()));

    private async Task AnswerAsync(HttpContext context)
    {
        Note("hub", context);
        if (await OnHub(context))
            return;
        string path = context.Request.Path.Value!, prefix = $"/{Name}/resolve/{Commit}/";
        if (Token is not null && context.Request.Headers.Authorization != $"Bearer {Token}")
        {
            context.Response.StatusCode = 401;
            context.Response.Headers["X-Error-Code"] = "RepoNotFound";
        }
        else if (path.StartsWith($"/api/models/{Name}/revision/"))
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(Listing().ToJsonString());
        }
        else if (path.StartsWith(prefix) && Files.TryGetValue(path[prefix.Length..], out byte[]? bytes))
        {
            string name = path[prefix.Length..];
            context.Response.Headers["X-Repo-Commit"] = Commit;
            if (!IsLarge(name))
            {
                await GiveAsync(context, bytes, ChecksumOf(name, bytes));
                return;
            }
            context.Response.StatusCode = 302;
            context.Response.Headers["X-Linked-Etag"] = $"\"{ChecksumOf(name, bytes)}\"";
            context.Response.Headers["X-Linked-Size"] = bytes.Length.ToString(CultureInfo.InvariantCulture);
            context.Response.Headers.Location = $"{StorageAddress}/store/{name}?signature=x";
        }
        else
        {
            context.Response.StatusCode = 404;
            context.Response.Headers["X-Error-Code"] = path.StartsWith("/api") ? "RepoNotFound" : "EntryNotFound";
        }
    }

    private async Task StoreAsync(HttpContext context)
    {
        Note("storage", context);
        if (await OnStorage(context))
            return;
        byte[] bytes = Files[context.Request.Path.Value!["/store/".Length..]];
        await GiveAsync(context, bytes, $"storage-{Convert.ToHexStringLower(MD5.HashData(bytes))}");
    }

    private JsonObject Listing()
    {
        var listing = new JsonObject
        {
            ["id"] = Name,
            ["sha"] = Commit,
            ["siblings"] = new JsonArray([.. Files.Select(file => (JsonNode)Entry(file.Key, file.Value))]),
        };
        OnListing(listing);
        return listing;
    }

    private static JsonObject Entry(string name, byte[] bytes)
    {
        var entry = new JsonObject { ["rfilename"] = name, ["size"] = bytes.Length, ["blobId"] = new string('a', 40) };
        if (IsLarge(name))
            entry["lfs"] = new JsonObject { ["sha256"] = ChecksumOf(name, bytes), ["size"] = bytes.Length, ["pointerSize"] = 134 };
        else
            entry["blobId"] = ChecksumOf(name, bytes);
        return entry;
    }
}
